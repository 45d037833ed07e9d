// Driving the simulator from a test.

#include "tests/support/simulated_modem.h"

#include "common/clock.h"
#include "tests/simmodem/pdu.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <spawn.h>
#include <sstream>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

namespace smsspool::testing {

namespace {

constexpr std::chrono::seconds patience{10};

[[noreturn]] void fail(const std::string& why) {
    throw std::runtime_error(why);
}

// Waits until there is something to read.
void await(int fd, Monotonic::time_point until, const std::string& seen) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Monotonic::now());
    pollfd poll_for{fd, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&poll_for, 1, static_cast<int>(left.count())) <= 0)
        fail("nothing came; so far: " + seen);
}

pid_t spawn(const std::vector<std::string>& words, int output) {
    std::vector<char*> arguments;
    for (const std::string& word : words)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    pid_t pid = -1;
    const int result =
        ::posix_spawn(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (result != 0)
        fail("start " + words[0] + ": " + std::strerror(result));
    return pid;
}

int exit_status_of(pid_t pid) {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::pair<Fd, Fd> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        fail("pipe");
    return {Fd(ends[0]), Fd(ends[1])};
}

Fd connect_to(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        fail("connect to " + path);
    return fd;
}

bool is_last_line(std::string_view line) {
    return line == "OK" || line == "ERROR" || line.starts_with("+CME ERROR:") ||
           line.starts_with("+CMS ERROR:");
}

// Where the first final result in `text` ends, npos where there is none yet.
std::size_t end_of_answer(std::string_view text) {
    for (std::size_t begin = 0, end = 0; (end = text.find("\r\n", begin)) != std::string_view::npos;
         begin = end + 2)
        if (is_last_line(text.substr(begin, end - begin)))
            return end + 2;
    return std::string_view::npos;
}

sim::Octets header_of(const std::vector<unsigned>& concat) {
    if (concat.empty())
        return {};
    const auto octet = [](unsigned value) { return static_cast<std::uint8_t>(value & 0xFFU); };
    if (concat[0] > 0xFF)
        return {
            6, 8, 4, octet(concat[0] >> 8U), octet(concat[0]), octet(concat[1]), octet(concat[2])};
    return {5, 0, 3, octet(concat[0]), octet(concat[1]), octet(concat[2])};
}

std::vector<unsigned> concat_of(const sim::Octets& header) {
    if (header.size() == 6)
        return {header[3], header[4], header[5]};
    return {header[3] * 256U + header[4], header[5], header[6]};
}

} // namespace

std::string program(const std::string& name) {
    if (const char* folder = std::getenv("SMSSPOOL_BIN"))
        return std::string(folder) + "/" + name;
    return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

Ended run_program(const std::vector<std::string>& words) {
    auto [out, in] = make_pipe();
    const pid_t pid = spawn(words, in.get());
    in.reset();
    Ended ended;
    std::array<char, 4096> buffer{};
    for (ssize_t count = 0; (count = ::read(out.get(), buffer.data(), buffer.size())) > 0;)
        ended.output.append(buffer.data(), static_cast<std::size_t>(count));
    ended.status = exit_status_of(pid);
    return ended;
}

// --- Terminal -----------------------------------------------------------------------------------

Terminal::Terminal(const std::string& path)
    : fd_(::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)) {
    if (!fd_)
        fail("open " + path + ": " + std::strerror(errno));
}

void Terminal::send(std::string_view bytes) const {
    while (!bytes.empty()) {
        const ssize_t count = ::write(fd_.get(), bytes.data(), bytes.size());
        if (count > 0)
            bytes.remove_prefix(static_cast<std::size_t>(count));
        else if (errno == EAGAIN) {
            pollfd poll_for{fd_.get(), POLLOUT, 0};
            ::poll(&poll_for, 1, 1000);
        } else
            fail("write to the modem");
    }
}

bool Terminal::read_more() {
    std::array<char, 4096> buffer{};
    const ssize_t count = ::read(fd_.get(), buffer.data(), buffer.size());
    if (count > 0)
        pending_.append(buffer.data(), static_cast<std::size_t>(count));
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

std::string Terminal::until(std::string_view mark) {
    const auto limit = Monotonic::now() + patience;
    std::size_t at = 0;
    while ((at = pending_.find(mark)) == std::string::npos) {
        await(fd_.get(), limit, pending_);
        if (!read_more())
            fail("the modem hung up");
    }
    std::string found = pending_.substr(0, at + mark.size());
    pending_.erase(0, at + mark.size());
    return found;
}

std::string Terminal::command(const std::string& line) {
    send(line + "\r");
    return answer();
}

std::string Terminal::answer() {
    const auto limit = Monotonic::now() + patience;
    std::size_t end = 0;
    while ((end = end_of_answer(pending_)) == std::string::npos) {
        await(fd_.get(), limit, pending_);
        if (!read_more())
            fail("the modem hung up");
    }
    std::string found = pending_.substr(0, end);
    pending_.erase(0, end);
    return found;
}

std::string Terminal::submit(const std::string& pdu, std::size_t length) {
    send("AT+CMGS=" + std::to_string(length) + "\r");
    until("> ");
    send(pdu + "\x1A");
    const std::string all = answer();
    return all.substr(all.find("\r\n"));
}

bool Terminal::hung_up() {
    const auto limit = Monotonic::now() + patience;
    do
        await(fd_.get(), limit, pending_);
    while (read_more());
    return true;
}

// --- SimulatedModem -----------------------------------------------------------------------------

SimulatedModem::SimulatedModem(std::vector<std::string> options) {
    std::vector<std::string> words{
        program("simmodem"), "--link", link(), "--control", socket(), "--air", folder_.file("air")};
    words.insert(words.end(), options.begin(), options.end());
    auto [out, in] = make_pipe();
    pid_ = spawn(words, in.get());
    in.reset();
    std::string said;
    const auto limit = Monotonic::now() + patience;
    while (said.find("ready " + link() + "\n") == std::string::npos) {
        await(out.get(), limit, said);
        std::array<char, 256> buffer{};
        const ssize_t count = ::read(out.get(), buffer.data(), buffer.size());
        if (count <= 0)
            fail("the simulator ended: " + said);
        said.append(buffer.data(), static_cast<std::size_t>(count));
    }
    control_ = connect_to(socket());
}

SimulatedModem::~SimulatedModem() {
    end();
}

int SimulatedModem::end() {
    if (pid_ < 0)
        return -1;
    ::kill(pid_, SIGTERM);
    return exit_status_of(std::exchange(pid_, -1));
}

std::string SimulatedModem::air() const {
    std::ifstream file(folder_.file("air"));
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string SimulatedModem::ask(const std::string& request) {
    const std::string line = request + "\n";
    if (::send(control_.get(), line.data(), line.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(line.size()))
        fail("send a request");
    const auto limit = Monotonic::now() + 2 * patience;
    std::size_t end = 0;
    while ((end = pending_.find('\n')) == std::string::npos) {
        await(control_.get(), limit, pending_);
        std::array<char, 4096> buffer{};
        const ssize_t count = ::read(control_.get(), buffer.data(), buffer.size());
        if (count <= 0)
            fail("the control socket closed");
        pending_.append(buffer.data(), static_cast<std::size_t>(count));
    }
    std::string answer = pending_.substr(0, end);
    pending_.erase(0, end + 1);
    return answer;
}

std::string SimulatedModem::control(const std::string& request) {
    const std::string answer = ask(request);
    if (!answer.starts_with(R"({"ok":true)"))
        fail(request + " -> " + answer);
    return answer;
}

std::string SimulatedModem::wait(const std::string& members) {
    return control(R"({"cmd":"wait",)" + members + "}");
}

// --- PDUs ---------------------------------------------------------------------------------------

SubmitPdu submit_pdu(const std::string& number, const std::string& text,
                     const std::vector<unsigned>& concat, Report report) {
    const Encoding encoding = encoding_for(text);
    const sim::Content content = sim::content_of(text, encoding);
    sim::Octets data = header_of(concat);
    std::size_t length = 0;
    if (encoding == Encoding::gsm7) {
        const std::size_t before = (data.size() * 8 + 6) / 7;
        const auto fill = static_cast<unsigned>(before * 7 - data.size() * 8);
        const sim::Octets packed = sim::pack_septets(content.units, fill);
        data.insert(data.end(), packed.begin(), packed.end());
        length = before + content.units.size();
    } else {
        for (const char16_t unit : content.units) {
            data.push_back(static_cast<std::uint8_t>(unit >> 8U));
            data.push_back(static_cast<std::uint8_t>(unit & 0xFFU));
        }
        length = data.size();
    }
    const unsigned first =
        0x01U | (concat.empty() ? 0U : 0x40U) | (report == Report::yes ? 0x20U : 0U);
    std::string hex = "00" + sim::to_hex({static_cast<std::uint8_t>(first), 0});
    hex += sim::to_hex(sim::encode_address(number).value());
    hex += encoding == Encoding::gsm7 ? "0000" : "0008";
    hex += sim::to_hex({static_cast<std::uint8_t>(length)}) + sim::to_hex(data);
    return {hex, hex.size() / 2 - 1};
}

DeliverText read_deliver(const std::string& hex) {
    const sim::Octets octets = sim::from_hex(hex).value();
    sim::OctetReader reader(octets);
    reader.skip(reader.next());
    const unsigned first = reader.next();
    const std::size_t digits = reader.next();
    const std::uint8_t type = reader.next();
    const sim::Octets address = reader.take((digits + 1) / 2);
    DeliverText result;
    if (type == 0xD0)
        result.sender = sim::text_of(
            {sim::Alphabet::gsm7, sim::unpack_septets(address, digits * 4 / 7, 0).value()});
    else
        result.sender = sim::decode_digits(type, address, digits).value();
    reader.skip(1);
    sim::Content content{sim::alphabet_of(reader.next()), {}};
    result.time = sim::to_hex(reader.take(7));
    std::size_t length = reader.next();
    sim::Octets header;
    if ((first & 0x40U) != 0) {
        header.push_back(reader.next());
        const sim::Octets rest = reader.take(header[0]);
        header.insert(header.end(), rest.begin(), rest.end());
        result.concat = concat_of(header);
    }
    const sim::Octets body = reader.take(reader.left());
    if (content.alphabet == sim::Alphabet::gsm7) {
        const std::size_t before = (header.size() * 8 + 6) / 7;
        const auto fill = static_cast<unsigned>(before * 7 - header.size() * 8);
        content.units = sim::unpack_septets(body, length - before, fill).value();
    } else {
        for (std::size_t i = 0; i + 1 < body.size(); i += 2)
            content.units += static_cast<char16_t>((body[i] << 8U) | body[i + 1]);
    }
    result.text = sim::text_of(content);
    return result;
}

std::vector<std::string> pdus_of(const std::string& answer) {
    std::vector<std::string> pdus;
    std::istringstream lines(answer);
    bool next = false;
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty() && line.back() == '\r')
            line.pop_back();
        if (next)
            pdus.push_back(line);
        next = line.starts_with("+CMGL:") || line.starts_with("+CMGR:") ||
               line.starts_with("+CMT:") || line.starts_with("+CDS:");
    }
    return pdus;
}

} // namespace smsspool::testing
