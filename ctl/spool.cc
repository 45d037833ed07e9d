// smsctl spool: the database itself.

#include "common/spool.h"

#include "common/error.h"
#include "common/fd.h"
#include "ctl/lines.h"
#include "ctl/nouns.h"

#include <fcntl.h>
#include <sys/stat.h>

namespace smsspool::ctl {

namespace {

std::string folder_of(const std::string& file) {
    const std::size_t slash = file.rfind('/');
    if (slash == std::string::npos)
        return ".";
    return slash == 0 ? "/" : file.substr(0, slash);
}

// The owner of the folder must be able to use a database that root makes in it: SQLite gives the
// files that it puts beside it the same owner.
void make_file(const std::string& file) {
    struct stat folder {};
    if (::stat(folder_of(file).c_str(), &folder) != 0)
        throw system_error(Fault::unavailable, "the folder of the spool, " + folder_of(file));
    const Fd made(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0660));
    if (!made && errno == EEXIST && ::access(file.c_str(), F_OK) == 0)
        return;
    // A link to nothing ends here as well: SQLite would make a file wherever it leads.
    if (!made)
        throw system_error(Fault::unavailable, "spool: " + file);
    if (::geteuid() == 0 && ::fchown(made.get(), folder.st_uid, folder.st_gid) != 0)
        throw system_error(Fault::unavailable, "spool: " + file);
}

} // namespace

Answer migrate_spool(const Call& call) {
    ::umask(0007); // owner and group only, also the files that SQLite makes beside it
    make_file(call.config.spool);
    Answer answer;
    for (const std::string& name : Spool::migrate(call.config, call.now)) {
        answer.text += call.output == Output::json
                           ? json_line([&](JsonObject& object) { object.text("applied", name); })
                           : "applied " + name + "\n";
    }
    if (answer.text.empty() && call.output == Output::text)
        answer.text = "the spool is up to date\n";
    return answer;
}

} // namespace smsspool::ctl
