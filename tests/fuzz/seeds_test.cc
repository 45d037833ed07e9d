// Every seed of every fuzz target, once and without a fuzzer: what a target found stays repaired.

#define BOOST_TEST_MODULE seeds_test
#include <boost/test/unit_test.hpp>

#include "common/log.h"
#include "tests/fuzz/targets.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using smsspool::fuzz::Target;

// Beside this very file.
const fs::path folder = fs::path(__FILE__).parent_path();

std::string content_of(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void run_seeds(const Target& target) {
    std::vector<fs::path> seeds;
    for (const auto& entry : fs::directory_iterator(folder / target.name))
        seeds.push_back(entry.path());
    BOOST_TEST(!seeds.empty(), target.name << " has no seed");
    std::sort(seeds.begin(), seeds.end());
    for (const fs::path& seed : seeds) {
        BOOST_TEST_CONTEXT(seed.string()) {
            BOOST_CHECK_NO_THROW(target.run(content_of(seed)));
        }
    }
    BOOST_CHECK_NO_THROW(target.run({}));
}

} // namespace

BOOST_AUTO_TEST_SUITE(seeds_test)

BOOST_AUTO_TEST_CASE(each_seed) {
    smsspool::set_log_level(smsspool::LogLevel::error);
    for (const Target& target : smsspool::fuzz::targets) {
        BOOST_TEST_CONTEXT(target.name) {
            run_seeds(target);
        }
    }
}

BOOST_AUTO_TEST_CASE(each_file_is_in_the_list) {
    for (const auto& entry : fs::directory_iterator(folder)) {
        const std::string name = entry.path().filename();
        constexpr std::string_view suffix = "_fuzz.cc";
        if (!name.ends_with(suffix))
            continue;
        const auto target = name.substr(0, name.size() - suffix.size());
        BOOST_TEST(std::any_of(std::begin(smsspool::fuzz::targets),
                               std::end(smsspool::fuzz::targets),
                               [&](const Target& each) { return each.name == target; }),
                   target << " is not in targets.h");
    }
}

BOOST_AUTO_TEST_SUITE_END()
