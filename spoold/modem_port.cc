// A tty that may have a modem behind it.

#include "spoold/modem_port.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

namespace smsspool {

namespace {

// More than any answer that is asked for here: what exceeds it is noise.
constexpr std::size_t input_limit = 16384;
constexpr std::size_t most_lines = 1024;

struct Speed {
    unsigned baud;
    speed_t value;
};

constexpr std::array speeds{Speed{4800, B4800},     Speed{9600, B9600},     Speed{19200, B19200},
                            Speed{38400, B38400},   Speed{57600, B57600},   Speed{115200, B115200},
                            Speed{230400, B230400}, Speed{460800, B460800}, Speed{921600, B921600}};

speed_t speed_of(unsigned baud) {
    for (const Speed& speed : speeds) {
        if (speed.baud == baud)
            return speed.value;
    }
    return B115200;
}

Trouble open_trouble(const std::string& path, int number) {
    const std::string text = path + ": " + std::strerror(number);
    switch (number) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
    case EIO:
        return {"device_missing", text};
    case EACCES:
    case EPERM:
        return {"permission", text};
    case EBUSY:
    case EWOULDBLOCK:
        return {"busy_device", path + ": another program uses it"};
    default:
        return {"other", text};
    }
}

// HUPCL off: dropping DTR when this program closes would reset some modems before libgammu opens.
bool set_raw(int tty, unsigned baud, termios mode) {
    ::cfmakeraw(&mode);
    mode.c_cflag |= static_cast<tcflag_t>(CLOCAL | CREAD | CS8);
    mode.c_cflag &= ~static_cast<tcflag_t>(HUPCL | CSTOPB | PARENB | CRTSCTS);
    mode.c_cc[VMIN] = 0;
    mode.c_cc[VTIME] = 0;
    ::cfsetispeed(&mode, speed_of(baud));
    ::cfsetospeed(&mode, speed_of(baud));
    return ::tcsetattr(tty, TCSANOW, &mode) == 0;
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

int number_in(std::string_view text) {
    int number = -1;
    text = trim(text);
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

bool starts_with(std::string_view text, std::string_view prefix) {
    return text.substr(0, prefix.size()) == prefix;
}

constexpr std::string_view cme_prefix = "+CME ERROR:";
constexpr std::string_view cms_prefix = "+CMS ERROR:";

} // namespace

std::optional<std::string> AtAnswer::value(std::string_view prefix) const {
    for (const std::string& line : lines) {
        if (starts_with(line, prefix))
            return std::string(trim(std::string_view(line).substr(prefix.size())));
    }
    return std::nullopt;
}

std::string name_of_result(const AtAnswer& answer) {
    switch (answer.result) {
    case AtAnswer::Result::ok:
        return "OK";
    case AtAnswer::Result::error:
        return "ERROR";
    case AtAnswer::Result::cme_error:
        return "CME ERROR " + std::to_string(answer.code);
    case AtAnswer::Result::cms_error:
        return "CMS ERROR " + std::to_string(answer.code);
    }
    return {};
}

std::variant<AtPort, Trouble> AtPort::open(const std::string& path, unsigned baud) {
    Fd tty(::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    if (!tty)
        return open_trouble(path, errno);
    if (::isatty(tty.get()) == 0)
        return Trouble{"other", path + ": not a tty"};
    if (::flock(tty.get(), LOCK_EX | LOCK_NB) != 0)
        return open_trouble(path, errno);
    ::ioctl(tty.get(), TIOCEXCL);
    AtPort port(std::move(tty));
    termios mode{};
    if (::tcgetattr(port.descriptor(), &mode) != 0)
        return open_trouble(path, errno);
    port.found_ = mode;
    if (!set_raw(port.descriptor(), baud, mode))
        return open_trouble(path, errno);
    ::tcflush(port.descriptor(), TCIOFLUSH);
    return port;
}

AtPort::~AtPort() {
    if (!tty_ || !found_)
        return;
    ::tcflush(tty_.get(), TCIOFLUSH);
    found_->c_cflag &= ~static_cast<tcflag_t>(HUPCL); // still: see set_raw()
    ::tcsetattr(tty_.get(), TCSANOW, &*found_);
    // A tty that somebody else keeps open (a pseudo-terminal) would stay closed to libgammu.
    ::ioctl(tty_.get(), TIOCNXCL);
}

void AtPort::escape() {
    write("\x1B\r");
}

void AtPort::begin(std::string_view command) {
    command_ = command;
    input_.clear();
    partial_ = {};
    echoed_ = false;
    heard_ = false;
    write(command_ + '\r');
}

std::optional<AtAnswer> AtPort::take() {
    read();
    for (auto end = input_.find_first_of("\r\n"); end != std::string::npos;
         end = input_.find_first_of("\r\n")) {
        const std::string line(trim(std::string_view(input_).substr(0, end)));
        input_.erase(0, end + 1);
        if (auto answer = take_line(line))
            return answer;
    }
    if (input_.size() > input_limit)
        input_.clear();
    return std::nullopt;
}

std::optional<AtAnswer> AtPort::ask(std::string_view command, std::chrono::milliseconds timeout) {
    const auto deadline = Monotonic::now() + timeout;
    begin(command);
    while (!lost_) {
        if (auto answer = take())
            return answer;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Monotonic::now());
        if (left.count() <= 0)
            break;
        pollfd wanted{tty_.get(), POLLIN, 0};
        ::poll(&wanted, 1, static_cast<int>(left.count()));
    }
    return std::nullopt;
}

void AtPort::write(std::string_view bytes) {
    // A tty that cannot take a few bytes at once has nobody behind it who reads; the answer that
    // does not come says so.
    if (::write(tty_.get(), bytes.data(), bytes.size()) < 0 && errno != EAGAIN)
        lost_ = true;
}

void AtPort::read() {
    std::array<char, 1024> bytes; // not set: read() fills it
    pollfd wanted{tty_.get(), POLLIN, 0};
    while (::poll(&wanted, 1, 0) > 0) {
        const ssize_t count = ::read(tty_.get(), bytes.data(), bytes.size());
        if (count <= 0) {
            // Readable, and nothing there: a hang-up.
            lost_ = count == 0 || (errno != EAGAIN && errno != EINTR);
            return;
        }
        heard_ = true;
        input_.append(bytes.data(), static_cast<std::size_t>(count));
        if (input_.size() > input_limit)
            return;
    }
}

std::optional<AtAnswer> AtPort::take_line(std::string_view line) {
    if (line == command_)
        echoed_ = true;
    if (line.empty() || line == command_ || (expect_echo_ && !echoed_))
        return std::nullopt;
    if (line == "OK") {
        partial_.result = AtAnswer::Result::ok;
    } else if (line == "ERROR") {
        partial_.result = AtAnswer::Result::error;
    } else if (starts_with(line, cme_prefix)) {
        partial_.result = AtAnswer::Result::cme_error;
        partial_.code = number_in(line.substr(cme_prefix.size()));
    } else if (starts_with(line, cms_prefix)) {
        partial_.result = AtAnswer::Result::cms_error;
        partial_.code = number_in(line.substr(cms_prefix.size()));
    } else {
        if (partial_.lines.size() < most_lines)
            partial_.lines.emplace_back(line);
        return std::nullopt;
    }
    return std::exchange(partial_, {});
}

int open_descriptor_of(const std::string& path) {
    struct stat wanted {};
    if (::stat(path.c_str(), &wanted) != 0 || !S_ISCHR(wanted.st_mode))
        return -1;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", error)) {
        const int descriptor = number_in(entry.path().filename().string());
        struct stat status {};
        if (descriptor > STDERR_FILENO && ::fstat(descriptor, &status) == 0 &&
            S_ISCHR(status.st_mode) && status.st_rdev == wanted.st_rdev)
            return descriptor;
    }
    return -1;
}

} // namespace smsspool
