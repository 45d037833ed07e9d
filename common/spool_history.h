// Pages of a long list by their number, without counting it each time: the id of every ten
// thousandth message of a user is remembered for a while. For the spool's own files.

#ifndef SMSSPOOL_COMMON_SPOOL_HISTORY_H
#define SMSSPOOL_COMMON_SPOOL_HISTORY_H

#include "common/clock.h"
#include "common/sqlite.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace smsspool {

class History {
public:
    // The ids of a page of `user`, the newest first: `limit` of them behind the first `skip`;
    // `total` becomes how many there are. Inside of a look() of the caller. What was removed since
    // the marks were made is counted for ten seconds at the most.
    std::vector<std::string> page(Database& db, const std::string& user, std::int64_t skip,
                                  std::int64_t limit, UtcMs now, std::int64_t& total);

private:
    struct Marks {
        UtcMs made = 0;
        std::vector<std::string> ids; // of the messages 0, 10000, 20000 … from the oldest
    };

    Marks& marks_of(const std::string& user, UtcMs now);

    std::map<std::string, Marks> users_;
};

} // namespace smsspool

#endif
