// What goes wrong on purpose, by the kind of request.

#ifndef SMSSPOOL_TESTS_MOCKREMOTE_FAULTS_H
#define SMSSPOOL_TESTS_MOCKREMOTE_FAULTS_H

#include "tests/mockhttp/peer.h"
#include "tests/mockremote/api.h"

#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace smsspool::mockremote {

enum class Ill {
    none,
    hang,   // nothing is done, no answer until the other side closes
    reset,  // nothing is done, the connection ends without an answer, with RST
    close,  // the same without
    status, // CODE [SECONDS]: nothing is done, another status, with Retry-After
    body,   // WORDS: nothing is done, 200 with another body
    flood,  // nothing is done, 200 with a body of 100 MB
    slow,   // MS: all is done, the answer comes late
    half,   // all is done, it ends in the middle of the answer
    lost,   // all is done, the connection ends without an answer
    held,   // all is done, no answer until the other side closes
    twice,  // all is done, but what is handed out is not marked, and is handed out again
};

struct Mishap {
    Ill ill = Ill::none;
    std::string rest; // of its words
    // Nothing was done of what was asked.
    [[nodiscard]] bool instead() const;
};

[[nodiscard]] std::string_view name_of(Ill ill);

class Faults {
public:
    // The requests of this kind ("any": of each; "api": all but token and logout) have it, `times`
    // of them; 0: until clear(). `words`: its name and what follows. False: there is none such.
    bool add(const std::string& kind, const std::string& words, int times);
    void clear();
    // The first that this request has; its turn is used up.
    Mishap take(Operation operation);

private:
    struct Entry {
        std::string kind;
        Mishap fault;
        int times = 0;
    };
    std::mutex mutex_;
    std::list<Entry> entries_;
};

// Answers as the fault wants; `reply` is what all else would be. False: the connection is over.
bool misbehave(mockhttp::Peer& peer, const Mishap& fault, const Reply& reply);

[[nodiscard]] std::string bytes_of(const Reply& reply);

} // namespace smsspool::mockremote

#endif
