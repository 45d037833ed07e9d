// What can go wrong, by name: the table of faults and which of them are on.

#ifndef SMSSPOOL_TESTS_SIMMODEM_FAULTS_H
#define SMSSPOOL_TESTS_SIMMODEM_FAULTS_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool::sim {

enum class FaultName : std::uint8_t {
    mute,
    deaf_echo,
    chatter,
    late_cmgs,
    lost_cmgs,
    refuse,
    bare_prompt,
    no_prompt,
    garbage,
    unplug,
    die_in_pdu,
    storage_full,
    delete_fails,
    list_fails,
    no_network,
    no_sim,
    slow,
    no_reports,
    late_reports,
    duplicate_cmti,
    echo_off,
    count
};

inline constexpr std::size_t fault_count = static_cast<std::size_t>(FaultName::count);

[[nodiscard]] std::string_view name_of(FaultName name) noexcept;
// "-" is read as "_".
[[nodiscard]] std::optional<FaultName> fault_named(std::string_view name) noexcept;

enum class RefuseAt { end, prompt };
enum class RefuseWith { cms, cme, error };
// What of the client's own doing ends a fault: nothing; its radio switched off and on, or a reset;
// only a reset.
enum class Until { off, radio, reset };

// How a fault behaves while it is on. A fault reads those members that its row in the manual names.
struct FaultSettings {
    std::int64_t ms = 0;
    std::int64_t code = 0;
    std::int64_t bytes = 0;
    std::int64_t count = 0; // how often, then it goes off by itself; 0: for ever
    std::int64_t registration = 2;
    RefuseAt at = RefuseAt::end;
    RefuseWith with = RefuseWith::cms;
    Until until = Until::off;
    std::string number; // only this recipient
    std::string text;
    std::string link;
};

// What a fault does when nothing else is said.
[[nodiscard]] FaultSettings default_settings(FaultName name);

class Faults {
public:
    // Several `refuse` for different recipients stand beside each other; any other fault replaces
    // its own earlier settings.
    void on(FaultName name, FaultSettings settings);
    // With a number only that recipient's.
    void off(FaultName name, std::string_view number = {});

    // Switches off what `event` ends. REQUIRES: event is not off.
    void end(Until event);
    // True if a fault is on that something of the client's own doing ends.
    [[nodiscard]] bool can_end() const;

    [[nodiscard]] bool is_on(FaultName name) const;
    // The settings of a fault that is on, null otherwise. Valid until the next change.
    [[nodiscard]] const FaultSettings* find(FaultName name) const;
    // All of one name, for a list.
    [[nodiscard]] const std::vector<FaultSettings>& all(FaultName name) const {
        return active_[static_cast<std::size_t>(name)];
    }

    // A copy of the settings of a fault that is on, counted as one use.
    [[nodiscard]] std::optional<FaultSettings> use(FaultName name);
    // The refusal that holds for `number` at this moment of a send, counted as one use. At the
    // prompt no number is known yet.
    [[nodiscard]] std::optional<FaultSettings> use_refusal(RefuseAt at, std::string_view number);

private:
    using Active = std::vector<FaultSettings>;

    [[nodiscard]] Active& active(FaultName name) { return active_[static_cast<std::size_t>(name)]; }
    static FaultSettings count_use(Active& faults, std::size_t at);

    std::array<Active, fault_count> active_;
};

} // namespace smsspool::sim

#endif
