// The three PDUs that pass between a modem and a network (3GPP TS 23.040 9.2.2): SMS-SUBMIT is
// read, SMS-DELIVER and SMS-STATUS-REPORT are written. In hex, as AT commands carry them, with the
// service centre's address in front.

#ifndef SMSSPOOL_TESTS_SIMMODEM_PDU_H
#define SMSSPOOL_TESTS_SIMMODEM_PDU_H

#include "tests/simmodem/content.h"
#include "tests/simmodem/octets.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace smsspool::sim {

// This part's place in a long message. References above 255 need the 16-bit header.
struct Concat {
    unsigned reference = 0;
    unsigned parts = 1;
    unsigned part = 1; // from 1

    friend bool operator==(const Concat&, const Concat&) = default;
};

enum class Validity { none, relative, enhanced, absolute };
enum class ReportWish { no, yes };

struct Submit {
    std::string smsc; // empty: the modem's own
    std::string number;
    std::uint8_t protocol = 0;
    std::uint8_t data_coding = 0;
    std::optional<unsigned> message_class; // 0 is shown at once and not kept ("flash")
    Validity validity = Validity::none;
    std::optional<std::int64_t> valid_seconds; // of a relative validity (9.2.3.12.1)
    ReportWish report = ReportWish::no;
    Content content;
    std::optional<Concat> concat;
};

// Reads what AT+CMGS=`length` was given. Nothing where it is not an SMS-SUBMIT, where `length` is
// not the octets behind the service centre's address, or where any length in it does not fit the
// octets that are there; one octet too many is a fault too.
[[nodiscard]] std::optional<Submit> decode_submit(std::string_view hex, std::size_t length);

// A PDU for AT+CMGR and AT+CMGL. `length` counts octets without the service centre's address.
struct Pdu {
    std::string hex;
    std::size_t length = 0;
};

// A PDU given from outside, not looked at beyond its first length. Nothing where it is not hex or
// the service centre's address is longer than the whole.
[[nodiscard]] std::optional<Pdu> raw_pdu(std::string_view hex);

struct Deliver {
    std::string smsc;
    std::string sender; // a number, or a name of up to 11 septets
    CentreTime time;
    Content content;
    std::optional<Concat> concat;
};

// Nothing where the sender cannot be written or the content does not fit 140 octets with its
// header.
[[nodiscard]] std::optional<Pdu> encode_deliver(const Deliver& deliver);

struct Report {
    std::string smsc;
    std::uint8_t reference = 0; // the TP-MR that the modem gave
    std::string recipient;
    CentreTime submitted;
    CentreTime discharged;
    std::uint8_t status = 0; // TP-ST: 0 delivered, 0x20 still trying, 0x40 given up, ...
};

// REQUIRES: `recipient` came from decode_submit().
[[nodiscard]] Pdu encode_report(const Report& report);

} // namespace smsspool::sim

#endif
