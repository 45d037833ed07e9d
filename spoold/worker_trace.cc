// A ring of lines in shared memory.

#include "spoold/worker_trace.h"

#include <atomic>
#include <cstdint>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace smsspool {

// The head of the mapping; the rest of it is the ring. One writer; the reader looks only after the
// writer has answered or is dead.
struct TraceRing::Shared {
    std::atomic<std::uint64_t> written; // bytes since clear()

    static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

    [[nodiscard]] char* ring() noexcept { return reinterpret_cast<char*>(this + 1); }
};

namespace {

constexpr std::size_t header = sizeof(std::uint64_t);

// Nobody changes the size, which would kill who looks beyond it. No other file has these seals: a
// process that was started by hand may have anything on that descriptor, and must not write into
// it.
constexpr int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

} // namespace

TraceRing TraceRing::make(std::size_t size) {
    const Fd memory(::memfd_create("trace", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!memory || ::ftruncate(memory.get(), static_cast<off_t>(header + size)) != 0 ||
        ::fcntl(memory.get(), F_ADD_SEALS, seals) != 0)
        return {};
    return inherited(memory.get());
}

TraceRing TraceRing::inherited(int descriptor) {
    TraceRing ring;
    struct stat facts {};
    if (::fcntl(descriptor, F_GET_SEALS) != seals || ::fstat(descriptor, &facts) != 0 ||
        facts.st_size <= static_cast<off_t>(header))
        return ring;
    ring.memory_.reset(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
    ring.mapped_ = static_cast<std::size_t>(facts.st_size);
    void* const place =
        ::mmap(nullptr, ring.mapped_, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (!ring.memory_ || place == MAP_FAILED) {
        ring.memory_.reset();
        return ring;
    }
    ring.shared_ = static_cast<Shared*>(place);
    return ring;
}

TraceRing::TraceRing(TraceRing&& other) noexcept
    : memory_(std::move(other.memory_)), shared_(std::exchange(other.shared_, nullptr)),
      mapped_(std::exchange(other.mapped_, 0)) {}

TraceRing& TraceRing::operator=(TraceRing&& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(shared_, other.shared_);
    std::swap(mapped_, other.mapped_);
    return *this;
}

TraceRing::~TraceRing() {
    if (shared_ != nullptr)
        ::munmap(shared_, mapped_);
}

void TraceRing::clear() noexcept {
    if (shared_ != nullptr)
        shared_->written.store(0, std::memory_order_release);
}

void TraceRing::put(char byte) noexcept {
    const std::uint64_t at = shared_->written.load(std::memory_order_relaxed);
    shared_->ring()[at % (mapped_ - header)] = byte;
    shared_->written.store(at + 1, std::memory_order_release);
}

void TraceRing::add(std::string_view line) noexcept {
    if (shared_ == nullptr)
        return;
    for (const char byte : line)
        put(static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F ? '.' : byte);
    put('\n');
}

std::string TraceRing::text() const {
    if (shared_ == nullptr)
        return {};
    const std::size_t size = mapped_ - header;
    const std::uint64_t written = shared_->written.load(std::memory_order_acquire);
    const std::uint64_t kept = written < size ? written : size;
    std::string text;
    for (std::uint64_t at = written - kept; at < written; ++at)
        text += shared_->ring()[at % size];
    // The line that was overwritten in part says nothing.
    if (kept < written)
        text.erase(0, text.find('\n') + 1);
    return text;
}

} // namespace smsspool
