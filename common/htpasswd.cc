// The password file.

#include "common/htpasswd.h"

#include "common/error.h"
#include "common/fd.h"
#include "common/file_id.h"
#include "common/utf.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fcntl.h>
#include <functional>
#include <sys/file.h>
#include <sys/stat.h>

namespace smsspool {

namespace {

constexpr std::size_t name_most = 80;
constexpr mode_t new_mode = 0640;

// Lines with their line feed; the last one may lack it.
using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text) {
    Lines lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
        lines.push_back(text.substr(begin, end - begin));
        begin = end;
    }
    return lines;
}

// Nothing: a comment, or no such line.
std::optional<PasswordLine> parsed(std::string_view line) {
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r'))
        line.remove_suffix(1);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 || line.front() == '#')
        return std::nullopt;
    const std::string_view rest = line.substr(colon + 1);
    // What follows another colon is a remark, as in nginx.
    return PasswordLine{std::string(line.substr(0, colon)),
                        std::string(rest.substr(0, rest.find(':')))};
}

bool is_of(const std::string& line, std::string_view name) {
    const auto user = parsed(line);
    return user && user->name == name;
}

std::string read_all(int descriptor, const std::string& file) {
    std::string text;
    std::array<char, 16384> buffer{};
    for (;;) {
        const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
        if (count == 0)
            return text;
        if (count > 0)
            text.append(buffer.data(), static_cast<std::size_t>(count));
        else if (errno != EINTR)
            throw system_error(Fault::unavailable, file);
    }
}

void write_all(int descriptor, std::string_view text, const std::string& file) {
    while (!text.empty()) {
        const ssize_t count = ::write(descriptor, text.data(), text.size());
        if (count >= 0)
            text.remove_prefix(static_cast<std::size_t>(count));
        else if (errno != EINTR)
            throw system_error(Fault::unavailable, file);
    }
}

// A file beside `file` that goes again unless it is put in its place.
class Successor {
public:
    Successor(const std::string& file, const struct stat& facts)
        : file_(file), path_(file + ".new") {
        ::unlink(path_.c_str()); // of a hand that died; the lock says that nobody else is here
        descriptor_.reset(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!descriptor_)
            throw system_error(Fault::unavailable, path_);
        // Who may not give it away keeps it: then the group at least must be right, or nginx could
        // not read it.
        if (::fchown(descriptor_.get(), facts.st_uid, facts.st_gid) != 0 &&
            ::fchown(descriptor_.get(), static_cast<uid_t>(-1), facts.st_gid) != 0)
            fail();
        if (::fchmod(descriptor_.get(), facts.st_mode & 07777) != 0)
            fail();
    }
    ~Successor() {
        if (!in_place_)
            ::unlink(path_.c_str());
    }
    Successor(const Successor&) = delete;
    Successor& operator=(const Successor&) = delete;

    void write(std::string_view text) { write_all(descriptor_.get(), text, path_); }

    void put_in_place() {
        if (::fsync(descriptor_.get()) != 0 || ::rename(path_.c_str(), file_.c_str()) != 0)
            fail();
        in_place_ = true;
        const Fd folder(::open(folder_of(file_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (folder)
            ::fsync(folder.get());
    }

private:
    [[noreturn]] void fail() {
        const int number = errno;
        ::unlink(path_.c_str());
        throw system_error(Fault::unavailable, path_, number);
    }

    std::string file_, path_;
    Fd descriptor_;
    bool in_place_ = false;
};

// Owner, group and mode of the file, or of the one to be made.
struct stat facts_of(const std::string& file) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) == 0)
        return facts;
    const int number = errno;
    struct stat folder {};
    if (number != ENOENT || ::stat(folder_of(file).c_str(), &folder) != 0)
        throw system_error(Fault::unavailable, file, number);
    facts.st_uid = ::geteuid();
    facts.st_gid = folder.st_gid;
    facts.st_mode = new_mode;
    return facts;
}

std::string content_of(const std::string& file) {
    const Fd descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!descriptor && errno == ENOENT)
        return {};
    if (!descriptor)
        throw system_error(Fault::unavailable, file);
    return read_all(descriptor.get(), file);
}

// `change` says whether there is anything to write.
bool change_file(const std::string& file, const std::function<bool(Lines&)>& change) {
    // The folder: the file itself is another one after each change.
    const Fd lock(::open(folder_of(file).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock || ::flock(lock.get(), LOCK_EX) != 0)
        throw system_error(Fault::unavailable, folder_of(file));
    Lines lines = lines_of(content_of(file));
    if (!change(lines))
        return false;
    Successor successor(file, facts_of(file));
    for (const std::string& line : lines)
        successor.write(line);
    successor.put_in_place();
    return true;
}

} // namespace

std::string user_name_fault(std::string_view name) {
    if (!valid_utf8(name))
        return "a user's name must be UTF-8";
    if (name.empty() || code_points(name) > name_most)
        return "a user's name must have 1 to " + std::to_string(name_most) + " characters, not " +
               std::to_string(code_points(name));
    for (const char byte : name) {
        if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F || byte == ':')
            return "a user's name must not hold a colon or a control character";
    }
    if (name.front() == ' ' || name.back() == ' ' || name.front() == '#')
        return "a user's name must not begin with '#' or a blank, nor end with a blank";
    return {};
}

std::vector<PasswordLine> read_passwords(const std::string& file) {
    std::vector<PasswordLine> users;
    for (const std::string& line : lines_of(content_of(file))) {
        const auto user = parsed(line);
        if (user && std::none_of(users.begin(), users.end(), [&](const PasswordLine& known) {
                return known.name == user->name;
            }))
            users.push_back(*user);
    }
    return users;
}

void set_password(const std::string& file, const PasswordLine& line) {
    change_file(file, [&](Lines& lines) {
        const std::string text = line.name + ":" + line.hash + "\n";
        const auto found = std::find_if(lines.begin(), lines.end(), [&](const std::string& each) {
            return is_of(each, line.name);
        });
        if (found != lines.end()) {
            *found = text;
            return true;
        }
        if (!lines.empty() && lines.back().back() != '\n')
            lines.back() += '\n';
        lines.push_back(text);
        return true;
    });
}

bool remove_password(const std::string& file, std::string_view name) {
    return change_file(file, [&](Lines& lines) {
        return std::erase_if(lines, [&](const std::string& line) { return is_of(line, name); }) > 0;
    });
}

} // namespace smsspool
