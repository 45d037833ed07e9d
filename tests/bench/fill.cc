// fill: puts messages into a spool, for `make bench`. usage: fill CONFIGURATION COUNT
//       fill CONFIGURATION index: enters all texts that are there into the index of search

#include "common/clock.h"
#include "common/ids.h"
#include "common/settings.h"
#include "common/spool.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>

int main(int count, char** words) {
    using namespace smsspool;
    if (count != 3)
        return 64;
    try {
        const Config config = load({words[1]});
        Spool spool(config, Access::write);
        if (words[2] == std::string_view("index")) {
            constexpr std::size_t bite = 5000;
            while (spool.index_texts(utc_now() + 60'000, bite).state == Spool::Indexing::behind)
                ;
            return 0;
        }
        for (int i = 0; i < std::atoi(words[2]); ++i) {
            NewMessage message;
            message.id = new_id();
            message.user = "demo";
            message.api = "rest";
            message.text = "bench " + std::to_string(i);
            message.created = utc_now();
            message.valid_until = message.created + config.valid_for.count();
            message.recipients = {{"5512345678", "+525512345678"}};
            (void)spool.submit(message);
        }
    } catch (const std::exception& exception) {
        std::fprintf(stderr, "fill: %s\n", exception.what());
        return 69;
    }
}
