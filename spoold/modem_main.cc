// smsspool-modem: the worker with a GSM modem.

#include "spoold/modem_transport.h"

int main() {
    smsspool::ModemTransport transport;
    return smsspool::worker_main(transport);
}
