// smsspoold.

#include "spoold/daemon.h"

#include "common/error.h"
#include "common/ids.h"
#include "common/log.h"
#include "common/wake.h"
#include "spoold/records.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>
#include <utility>

namespace smsspool {

namespace {

// Where the spool cannot be written to, what is done beside sending is tried again after this.
constexpr std::chrono::seconds pause_after_trouble{1};

// A message to many that is not complete by then never will be: writing one takes seconds.
constexpr Ms unfinished_kept = std::chrono::hours(1);

// Beside the spool, so that it is the spool's whatever the settings say. Not the database itself:
// closing that would drop SQLite's own locks.
Fd take_lock(const std::string& file) {
    Fd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0660));
    if (!fd)
        throw system_error(Fault::unavailable, file);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            throw Error(Fault::conflict, file + ": another smsspoold runs");
        throw system_error(Fault::unavailable, file);
    }
    return fd;
}

Fd open_signals() {
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGHUP);
    Fd fd(::signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC));
    if (!fd)
        throw system_error(Fault::unavailable, "signalfd");
    return fd;
}

std::string host_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0)
        return "localhost";
    return name.data();
}

ModemConfig lane_of(const ModemConfig& modem, std::int64_t number) {
    ModemConfig lane = modem;
    if (number > 1)
        lane.name += "/" + std::to_string(number);
    return lane;
}

std::string own_folder() {
    std::array<char, 4096> path{};
    const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
    if (length <= 0)
        throw system_error(Fault::unavailable, "/proc/self/exe");
    const std::string program(path.data(), static_cast<std::size_t>(length));
    return program.substr(0, program.rfind('/'));
}

} // namespace

std::string worker_program(const Config& config, const ModemConfig& modem) {
    const std::string name = "/smsspool-" + modem.worker;
    std::vector<std::string> places{config.worker_dir};
    if (config.worker_dir.empty())
        places = {own_folder(), own_folder() + "/../libexec/smsspool"};
    for (const std::string& place : places) {
        if (::access((place + name).c_str(), X_OK) == 0)
            return place + name;
    }
    throw Error(Fault::unavailable,
                "[modem " + modem.name + "]: there is no program " + places.front() + name);
}

Daemon::Daemon(const Config& config)
    : config_(config), lock_(take_lock(config.spool + ".lock")),
      numbers_(config, Numbers::Load::when_used),
      spool_(config, Access::write), context_{config, numbers_, spool_,
                                              host_name() + ":" + new_id(),
                                              Context::Phase::running},
      signals_(open_signals()), pokes_(listen_for_pokes(config.wake_socket)) {
    make_lanes();
    self_ = {context_.owner, host_name(), ::getpid(), utc_now(), 0};
    std::uint64_t interval = 0;
    if (sd_watchdog_enabled(0, &interval) > 0) {
        watchdog_ = std::chrono::microseconds(interval / 2);
        next_watchdog_ = Monotonic::now();
    }
    spool_.reconcile();
    settle_orphans();
    remember_modems();
}

// A provider takes several messages at once: each of its lanes has a worker of its own, and all
// share its limits.
void Daemon::make_lanes() {
    for (const ModemConfig& modem : config_.modems) {
        const auto quota = std::make_shared<Quota>(modem, usage_of(modem), utc_now());
        const std::string program = worker_program(config_, modem);
        const std::int64_t lanes = modem.provider ? modem.provider->in_flight : 1;
        for (std::int64_t number = 1; number <= lanes; ++number)
            lanes_.push_back(
                std::make_unique<Lane>(lane_of(modem, number), context_, program, quota));
    }
}

// What left through all lanes that it may have had; oldest first.
std::vector<Usage> Daemon::usage_of(const ModemConfig& modem) {
    constexpr std::int64_t most_lanes = 64; // limit of in_flight
    const UtcMs since = utc_now() - Quota::memory_ms;
    std::vector<Usage> used;
    for (std::int64_t number = 1; number <= (modem.provider ? most_lanes : 1); ++number) {
        const auto of_lane = spool_.usage(lane_of(modem, number).name, since);
        used.insert(used.end(), of_lane.begin(), of_lane.end());
    }
    std::stable_sort(used.begin(), used.end(), [](const Usage& one, const Usage& other) {
        return one.minute < other.minute;
    });
    return used;
}

// The lock proves that whoever claimed these is dead. What follows is what follows a deadline.
void Daemon::settle_orphans() {
    for (;;) {
        const std::vector<Work> orphans = spool_.orphans(context_.owner);
        if (orphans.empty())
            return;
        for (const Work& orphan : orphans) {
            const Outcome outcome = IsUnknown{"the daemon ended while it was sent"};
            const UtcMs now = utc_now();
            const Decision decision = decide(orphan, outcome, config_, now, 0);
            (void)spool_.settle(orphan, attempt_end(outcome), decision, nullptr, now);
            record_attempt(orphan, outcome, config_);
        }
    }
}

// What a modem began that is not in the configuration any more, the others send from its start.
void Daemon::remember_modems() {
    for (const ModemView& known : spool_.health().modems) {
        const auto lane = std::find_if(lanes_.begin(), lanes_.end(), [&](const auto& each) {
            return each->view().name == known.name;
        });
        if (lane == lanes_.end())
            (void)spool_.unpin(known.name);
        else
            (*lane)->remember(known);
    }
}

void Daemon::run() {
    log_info("DAEMON", std::string("smsspoold " SMSSPOOL_VERSION " runs with ") +
                           std::to_string(config_.modems.size()) +
                           (config_.modems.size() == 1 ? " modem" : " modems") + ", spool " +
                           config_.spool);
    sd_notify(0, "READY=1");
    while (!finished()) {
        step_lanes();
        unfold();
        expire();
        index();
        keep_time();
        tell_systemd();
        wait();
    }
    for (const auto& lane : lanes_)
        lane->stop();
    try {
        beat();
        spool_.leave(context_.owner);
    } catch (const Error& error) {
        log_warning("SPOOL", error.what());
    }
    log_info("DAEMON", "smsspoold has stopped");
}

bool Daemon::finished() const {
    return context_.phase == Context::Phase::stopping &&
           std::none_of(lanes_.begin(), lanes_.end(),
                        [](const auto& lane) { return lane->has_work(); });
}

// Who cannot send decides who stands in: where that changes, all look again. A provider cannot
// where none of its lanes can.
void Daemon::find_unable() {
    std::set<std::string> unable;
    const auto now = Monotonic::now();
    for (const auto& lane : lanes_)
        unable.emplace(sender_of(lane->view().name));
    for (const auto& lane : lanes_) {
        if (lane->able(now))
            unable.erase(std::string(sender_of(lane->view().name)));
    }
    if (unable == context_.unable)
        return;
    context_.unable = std::move(unable);
    look_everywhere();
}

void Daemon::look_everywhere() {
    for (const auto& lane : lanes_)
        lane->look();
}

void Daemon::step_lanes() {
    find_unable();
    for (const auto& lane : lanes_) {
        lane->step();
        if (lane->take_changed())
            next_beat_ = {};
    }
    if (std::exchange(context_.taken_in, false))
        texts_came();
}

// A piece for each step of all lanes: a message to many holds up nobody.
void Daemon::unfold() {
    if ((folded_ || unfinished_) && context_.phase == Context::Phase::running &&
        Monotonic::now() >= next_unfold_)
        (void)try_to(&Daemon::unfold_some);
}

void Daemon::unfold_some() {
    next_unfold_ = Monotonic::now() + pause_after_trouble; // if this throws
    // A look first: most pokes are about messages to one.
    folded_ = folded_ && spool_.has_folded();
    if (folded_) {
        (void)spool_.unfold();
        record_damaged(spool_);
        look_everywhere();
    } else if (unfinished_) {
        unfinished_ = spool_.remove_unfinished(utc_now() - unfinished_kept.count());
    }
    next_unfold_ = {};
}

// --- waiting ------------------------------------------------------------------------------------

int Daemon::timeout_ms() const {
    auto wake = std::min({next_sweep_, next_beat_, next_watchdog_});
    if ((folded_ || unfinished_) && context_.phase == Context::Phase::running)
        wake = std::min(wake, next_unfold_);
    if (walking_)
        wake = std::min(wake, next_walk_);
    if (unindexed_ && context_.phase == Context::Phase::running)
        wake = std::min(wake, next_index_ > Monotonic::now() ? next_index_ : latest_index_);
    for (const auto& lane : lanes_)
        wake = std::min(wake, lane->wake_at());
    const auto left = std::chrono::ceil<Ms>(wake - Monotonic::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60000));
}

void Daemon::wait() {
    std::vector<pollfd> descriptors{{signals_.get(), POLLIN, 0}, {pokes_.get(), POLLIN, 0}};
    for (const auto& lane : lanes_)
        descriptors.push_back({lane->descriptor(), POLLIN, 0});
    const int ready = ::poll(descriptors.data(), descriptors.size(), timeout_ms());
    quiet_ = ready == 0;
    if (ready < 0) {
        if (errno == EINTR)
            return;
        throw system_error(Fault::bug, "poll");
    }
    if (descriptors[0].revents != 0)
        take_signals();
    if (descriptors[1].revents != 0) {
        drain_pokes(pokes_);
        folded_ = true;
        texts_came();
        look_everywhere();
    }
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
        if (descriptors[i + 2].revents != 0)
            lanes_[i]->readable();
    }
}

void Daemon::take_signals() {
    signalfd_siginfo info{};
    while (::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
        if (info.ssi_signo == SIGHUP)
            log_info("DAEMON", "SIGHUP: the configuration is read at the start only");
        else
            stop_claiming();
    }
}

void Daemon::stop_claiming() {
    if (context_.phase == Context::Phase::stopping)
        return;
    context_.phase = Context::Phase::stopping;
    log_info("DAEMON", "stopping: what is on its way is finished first");
    sd_notify(0, "STOPPING=1");
}

// --- timers -------------------------------------------------------------------------------------

void Daemon::keep_time() {
    const auto now = Monotonic::now();
    if (now >= next_beat_) {
        next_beat_ = now + config_.heartbeat_interval;
        (void)try_to(&Daemon::beat);
    }
    if (now >= next_sweep_) {
        next_sweep_ = now + config_.sweep_interval;
        sweep();
    }
    if (now >= next_watchdog_) {
        next_watchdog_ = now + std::chrono::duration_cast<Monotonic::duration>(watchdog_);
        sd_notify(0, "WATCHDOG=1");
    }
}

void Daemon::tell_systemd() {
    std::string status = "STATUS=";
    for (const auto& lane : lanes_) {
        const ModemView& view = lane->view();
        status += view.name + ": " + view.state +
                  (view.error.empty() ? "" : " (" + view.error + ")") + "; ";
    }
    if (status == told_systemd_)
        return;
    told_systemd_ = status;
    sd_notify(0, printable(status).c_str()); // a line feed would begin another message
}

} // namespace smsspool
