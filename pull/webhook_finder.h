// Finds what there is to tell, and offers it to the board.

#ifndef SMSSPOOL_PULL_WEBHOOK_FINDER_H
#define SMSSPOOL_PULL_WEBHOOK_FINDER_H

#include "common/spool.h"
#include "pull/webhook_board.h"

#include <string>

namespace smsspool {

class WebhookFinder {
public:
    explicit WebhookFinder(WebhookBoard& board) : board_(board) {}

    // Looks through the next part of what is open, from where the last look ended; at the end the
    // next one begins anew. What finds no room on the board is found again. Throws what Spool
    // throws.
    void look(Spool& spool, UtcMs now);

private:
    WebhookBoard& board_;
    std::string after_; // the job up to which it was looked at
};

} // namespace smsspool

#endif
