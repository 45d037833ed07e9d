// The remote API in its two dialects (contract 4B.10).

#ifndef SMSSPOOL_TESTS_MOCKREMOTE_API_H
#define SMSSPOOL_TESTS_MOCKREMOTE_API_H

#include "tests/mockhttp/peer.h"
#include "tests/mockremote/store.h"

#include <string>
#include <string_view>
#include <vector>

namespace smsspool::mockremote {

enum class Dialect {
    // What the server does: PascalCase, numbers for states, `next` hands out what is Entrusted
    // already, a tenant header wherever one message is meant. Only what it knows to the letter
    // changes a message; all else is taken for nothing, with 200.
    real,
    // What the gateway was written for: camelCase, names for states, and it is Entrusted when the
    // client says so. Until then it is handed out again.
    documented
};

// What a request is about; faults name it.
enum class Operation { other, next, provider, registration, find, patch, token, logout };

[[nodiscard]] std::string_view name_of(Operation operation);

struct Reply {
    int status = 200;
    std::string body;
    std::string headers{}; // each with its line end
    std::string type = "application/json; charset=utf-8";
};

class Api {
public:
    // `base` is what paths have before /api/.
    Api(Store& store, Dialect dialect, std::string base);

    [[nodiscard]] Operation operation_of(const mockhttp::Request& request) const;
    [[nodiscard]] Reply answer(const mockhttp::Request& request, Store::Lease lease);

private:
    // Of the path behind /api/; the first of them in small letters.
    [[nodiscard]] std::vector<std::string> words_of(const mockhttp::Request& request) const;
    [[nodiscard]] Reply next(const std::vector<std::string>& words, Store::Lease lease);
    [[nodiscard]] Reply registration(const mockhttp::Request& request);
    [[nodiscard]] Reply provider(const std::string& name);
    [[nodiscard]] Reply single(const mockhttp::Request& request, const std::string& id);
    [[nodiscard]] Reply patch(Message& message, const std::string& body) const;
    [[nodiscard]] std::string json_of(const Message& message) const;
    [[nodiscard]] std::string json_of(const Provider& provider) const;
    [[nodiscard]] Reply nothing(int status, const std::string& text) const;
    [[nodiscard]] std::string key(std::string_view name) const;

    Store& store_;
    Dialect dialect_;
    std::string base_;
};

} // namespace smsspool::mockremote

#endif
