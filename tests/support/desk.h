// smsctl for a test: a configuration of its own, the built program run on it, and what it said.

#ifndef SMSSPOOL_TESTS_SUPPORT_DESK_H
#define SMSSPOOL_TESTS_SUPPORT_DESK_H

#include "common/json.h"
#include "common/settings.h"
#include "ctl/sentences.h"
#include "tests/support/temp_folder.h"

#include <string>
#include <vector>

namespace smsspool {

// When the tests of smsctl take place: 2025-11-14T22:25:28.123Z.
inline constexpr UtcMs desk_time = 1763159128123;

// The content of a file; empty where there is none.
[[nodiscard]] std::string contents(const std::string& file);
[[nodiscard]] std::vector<std::string> lines_of(const std::string& text);
[[nodiscard]] bool holds(const std::string& text, const std::string& part);
// REQUIRES (the test fails else): `text` is a JSON object.
[[nodiscard]] rapidjson::Document parsed(const std::string& text);

// The folder of the programs under test: $SMSSPOOL_BIN, else where this one was built.
[[nodiscard]] std::string bin();

struct Ran {
    int status = -1;
    std::string out, err;
};

// A configuration file with a spool of its own, and smsctl run on it.
class Desk {
public:
    explicit Desk(const std::string& more = "");

    // `words` as a shell takes them; `out` takes the standard output.
    [[nodiscard]] Ran run(const std::string& words, const std::string& out) const;
    [[nodiscard]] Ran run(const std::string& words) const;

    [[nodiscard]] Config config() const { return load({folder_.file("conf")}); }
    [[nodiscard]] const TempFolder& folder() const { return folder_; }

private:
    TempFolder folder_;
};

// The same with a database.
class Spooled : public Desk {
public:
    explicit Spooled(const std::string& more = "");

    [[nodiscard]] ctl::Answer ask(ctl::Answer (*verb)(const ctl::Call&),
                                  ctl::Output output = ctl::Output::text,
                                  const ctl::Arguments& arguments = {}) const;
};

} // namespace smsspool

#endif
