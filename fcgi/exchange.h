// One request of a web server, from its connection to the answer.

#ifndef SMSSPOOL_FCGI_EXCHANGE_H
#define SMSSPOOL_FCGI_EXCHANGE_H

#include "common/fd.h"
#include "fcgi/program.h"

namespace smsspool {

// Once, before the first exchange().
void prepare_exchanges();

// Reads the request of `connection`, has the program answer it, writes the answer, and closes the
// connection. Half a request is none, and gets no answer. Any thread, each with `services` of its
// own; a body is read up to the program's limit, whatever the client says about its length.
void exchange(Fd connection, const Services& services);

} // namespace smsspool

#endif
