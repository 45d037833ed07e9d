// smsctl spool: the database itself.

#include "common/spool.h"

#include "common/disk.h"
#include "common/error.h"
#include "common/fd.h"
#include "common/file_id.h"
#include "common/log.h"
#include "ctl/audit.h"
#include "ctl/lines.h"
#include "ctl/nouns.h"

#include <fcntl.h>
#include <sys/stat.h>

namespace smsspool::ctl {

namespace {

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

Answer check_spool(const Call& call) {
    const std::vector<std::string> found = Spool(call.config, Access::read).check();
    Answer answer;
    answer.status = found.empty() ? 0 : status_findings;
    for (const std::string& finding : found) {
        answer.text +=
            call.output == Output::json
                ? json_line([&](JsonObject& object) { put_foreign(object, "finding", finding); })
                : printable(finding) + "\n";
    }
    if (found.empty() && call.output == Output::text)
        answer.text = "nothing is wrong with the spool\n";
    return answer;
}

Answer reindex_spool(const Call& call) {
    Spool(call.config, Access::write).reindex();
    audit("emptied the index of search");
    if (call.output == Output::text)
        return {"the index of search is empty; smsspoold fills it, the newest texts first\n"};
    return {json_line([&](JsonObject& object) { object.flag("emptied", true); })};
}

Answer backup_spool(const Call& call) {
    const std::string& file = call.arguments.file;
    Spool(call.config, Access::read).backup(file);
    const std::int64_t size = size_of(file);
    if (call.output == Output::text)
        return {"copied to " + printable(file) + ", " + size_text(size) + "\n"};
    return {json_line([&](JsonObject& object) {
        put_foreign(object, "file", file);
        object.number("bytes", size);
    })};
}

} // namespace smsspool::ctl
