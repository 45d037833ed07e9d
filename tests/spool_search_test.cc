// Searching texts: what is found by whom and in which order, that the index follows what comes,
// changes and goes, and that nothing but a search depends on it.

#define BOOST_TEST_MODULE spool_search_test
#include "common/error.h"
#include "common/ids.h"
#include "common/numbers.h"
#include "common/search_text.h"
#include "common/sqlite.h"
#include "spoold/index_bite.h"
#include "tests/support/fresh_spool.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

using namespace smsspool;

namespace {

using Texts = std::vector<std::string>;

constexpr std::int64_t all = 1000;

struct Fixture : FreshSpool {
    Numbers numbers{config};
    Database raw{config.spool, Open::write, std::chrono::seconds(1)};
    int location = 0;

    // Later than every id that there is.
    static UtcMs later() { return utc_now() + 60'000; }

    Spool::Indexing index_bite(UtcMs now, std::size_t bite) {
        return spool.index_texts(now, bite).state;
    }

    void index(std::size_t bite = 100) {
        while (index_bite(later(), bite) == Spool::Indexing::behind)
            ;
        BOOST_TEST((index_bite(later(), bite) == Spool::Indexing::complete));
    }

    // Into the table itself, with an id of this time.
    void put(UtcMs when, const std::string& text, const std::string& user = "ana",
             const std::string& tail = "8000-000000000000") {
        raw.run_text("INSERT INTO message (id, username, api, address, text, encoding, parts, "
                     "created_ms, valid_until_ms) VALUES ('" +
                     id_at(when) + tail + "', '" + user + "', 'rest', '', '" + text +
                     "', 'gsm7', 1, 1, 1)");
    }

    void put_in(const std::string& id, const std::string& text) {
        raw.run_text("INSERT INTO inbox (id, modem, number, text, stored_ms, state, folder, "
                     "location, complete) VALUES ('" +
                     id + "', 'sim', '1', '" + text + "', 1, 'read', 1, 1, 1)");
    }

    std::string submit(const std::string& text, const std::string& user = "ana") {
        NewMessage message = new_message(text);
        message.user = user;
        return spool.submit(message).message_id;
    }

    TakenIn arrive(const std::string& text, int part = 1, int parts = 1) {
        Arrival arrival;
        arrival.kind = "deliver";
        arrival.number = "+525587654321";
        arrival.text = text;
        arrival.location = ++location;
        arrival.sent = start_time + 5000;
        arrival.part = part;
        arrival.parts = parts;
        arrival.reference = parts > 1 ? 9 : -1;
        return spool.take_in("sim", {arrival}, numbers, start_time + 5000 + location).front();
    }

    Spool::MessagePage page(const std::string& text, std::optional<std::string_view> user = "ana") {
        return spool.search_messages(user, text, 0, all);
    }

    Texts found(const std::string& text, std::optional<std::string_view> user = "ana") {
        Texts texts;
        for (const MessageView& message : page(text, user).messages)
            texts.push_back(message.text);
        return texts;
    }

    Texts inbox(const std::string& text,
                InboxQuery query = {InboxQuery::Which::all, InboxQuery::After::peek, 0}) {
        Texts texts;
        for (const InboxMessage& message : spool.search_inbox(query, text).messages)
            texts.push_back(message.text);
        return texts;
    }

    std::int64_t count(const std::string& what) {
        return std::stoll(raw.ask_text("SELECT COUNT(*) FROM " + what));
    }

    void sound() {
        for (const std::string& finding : spool.check())
            BOOST_TEST(finding.find("search") == std::string::npos, finding);
    }
};

std::optional<Fault> fault_of(const std::function<void()>& body) {
    try {
        body();
    } catch (const Error& error) {
        return error.fault();
    }
    return std::nullopt;
}

std::string printed(std::optional<Fault> fault) {
    return fault ? "fault " + std::to_string(static_cast<int>(*fault)) : "none";
}

std::string printed(const Texts& texts) {
    std::string line;
    for (const std::string& text : texts)
        line += (line.empty() ? "" : "|") + text;
    return line;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(spool_search_test, Fixture)

// Whether a text is found by another: as soon as it is stored, through the index, and beside
// others.
BOOST_AUTO_TEST_CASE(what_finds_what) {
    struct Case {
        const char* name;
        std::string text, search;
        bool want;
    };
    using namespace std::string_literals;
    const std::string sentence = "The quick brown fox jumps over the lazy dog";
    const std::vector<Case> cases{
        {"whole", sentence, sentence, true},
        {"beginning", sentence, "The qui", true},
        {"end", sentence, "zy dog", true},
        {"inside a word", sentence, "row", true},
        {"over a blank", sentence, "k b", true},
        {"two words that are apart", sentence, "quick fox", false},
        {"two words the wrong way round", sentence, "brown quick", false},
        {"two blanks for one", sentence, "quick  brown", false},
        {"longer than the text", "hola", "hola hola", false},
        {"three characters", "sol", "sol", true},
        {"two", "sol", "ol", true},
        {"one", "sol", "S", true},
        {"one that is not there", "sol", "x", false},
        {"all its trigrams, but elsewhere", "abcd bcde", "abcde", false},
        {"capitals", "Hola Mundo", "hOLA mUNDO", true},
        {"umlauts", "GRÜSSE aus Köln", "grüsse aus KÖLN", true},
        {"an umlaut is no vowel", "Köln", "Koln", false},
        {"sharp s is none of two", "Straße", "strasse", false},
        {"sharp s", "Straße", "STRAßE", true},
        {"Greek, three sigmas", "Οδυσσεύς ΣΑΣ", "ΟΔΥΣΣΕΎΣ σας", true},
        {"Cyrillic", "Привет МИР", "привет мир", true},
        {"Chinese", "今天晚上开会，不要迟到", "晚上开会", true},
        {"Chinese, two characters", "今天晚上开会，不要迟到", "开会", true},
        {"Chinese, others", "今天晚上开会，不要迟到", "早上开会", false},
        {"emoji", "party 🎉🎉🎊 at 8", "🎉🎊 A", true},
        {"emoji of several points", "👩‍👩‍👧 home", "👩‍👧 HOME", true},
        {"another emoji", "party 🎉🎉🎊", "🎉🎉🎈", false},
        {"a double quote", "he said \"no\" twice", "\"no\" t", true},
        {"only double quotes", "\"\"\"\"", "\"\"\"", true},
        {"a single quote", "it's Ana's", "'s ana'", true},
        {"operators as text", "cats AND dogs OR NOT fish NEAR(x)", "and dogs or not", true},
        {"operators are none", "cats and dogs", "cats OR fish", false},
        {"a star is a star", "prefix", "pre*", false},
        {"a star", "pre*fix", "pre*", true},
        {"a column is none", "text", "text: text", false},
        {"a column as text", "owner : ana", "owner : a", true},
        {"parentheses, caret, plus, minus", "({^a + -b})", "({^A + -B})", true},
        {"wildcards are none", "100 percent", "1_0%", false},
        {"wildcards as text", "100% _sure_", "0% _SURE_", true},
        {"a backslash", "C:\\new", ":\\N", true},
        {"line feeds", "one\ntwo\r\nthree", "e\nTWO\r\n", true},
        {"NUL in both", "a\0bcd"s, "A\0BC"s, true},
        {"behind NUL", "a\0bcdef"s, "cde", true},
        {"no UTF-8", "caf\uFFFD \uFFFD bar", "F\xe9 \xff", true},
        {"half a character", "día", "d\xc3", false},
        {"very long", std::string(9000, 'x') + "needle" + std::string(900, 'y'), "xneedley", true},
        {"many trigrams that are alike", std::string(2000, 'a'), std::string(150, 'a'), true},
        {"private use", "mark " + owner_mark("bea"), owner_mark("bea"), true},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Fixture fresh;
            for (int i = 0; i < 20; ++i)
                fresh.submit("noise number " + std::to_string(i));
            fresh.submit(c.text);
            fresh.arrive(c.text);
            const Texts want = c.want ? Texts{c.text} : Texts{};
            const auto others = [&](Texts texts) {
                std::erase_if(texts, [](const auto& text) { return text.rfind("noise", 0) == 0; });
                return texts;
            };
            BOOST_TEST(others(fresh.found(c.search)) == want, boost::test_tools::per_element());
            BOOST_TEST(fresh.inbox(c.search) == want, boost::test_tools::per_element());
            fresh.index();
            BOOST_TEST(others(fresh.found(c.search)) == want, boost::test_tools::per_element());
            BOOST_TEST(others(fresh.found(c.search, std::nullopt)) == want,
                       boost::test_tools::per_element());
            BOOST_TEST(fresh.inbox(c.search) == want, boost::test_tools::per_element());
            fresh.sound();
        }
    }
}

BOOST_AUTO_TEST_CASE(trigrams_of_a_text) {
    struct Case {
        const char* name;
        std::string text;
        std::size_t most;
        Texts want;
    };
    const std::vector<Case> cases{
        {"empty", "", 9, {}},
        {"two", "ab", 9, {}},
        {"two wide", "🎉会", 9, {}},
        {"three", "abc", 9, {"abc"}},
        {"wide", "a🎉会b", 9, {"a🎉会", "🎉会b"}},
        {"each once", "ababab", 9, {"aba", "bab"}},
        {"spread", "abcdefgh", 3, {"abc", "cde", "efg"}},
    };
    for (const Case& c : cases)
        BOOST_TEST(printed(trigrams(c.text, c.most)) == printed(c.want), c.name);
}

BOOST_AUTO_TEST_CASE(the_length_that_may_be_asked_for) {
    config.search_length = 5;
    BOOST_TEST(!wrong_search("äöü会🎉", config));
    BOOST_TEST(wrong_search("äöü会🎉x", config).value_or("") ==
               "search must have at most 5 characters, it has 6");
}

// --- who, in which order, how many --------------------------------------------------------------

BOOST_AUTO_TEST_CASE(each_finds_only_ones_own) {
    submit("shared word of ana");
    submit("shared word of bea", "bea");
    submit("shared word of ana again");
    for (const bool indexed : {false, true}) {
        if (indexed)
            index();
        BOOST_TEST(printed(found("SHARED")) == "shared word of ana again|shared word of ana");
        BOOST_TEST(printed(found("shared", "bea")) == "shared word of bea");
        BOOST_TEST(printed(found("of", "bea")) == "shared word of bea");
        BOOST_TEST(printed(found("shared", "carl")) == "");
        BOOST_TEST(found("shared", std::nullopt).size() == 3U);
        BOOST_TEST(printed(found("shared", "")) == "");
        BOOST_TEST(found("", "ana").size() == 2U);
    }
}

BOOST_AUTO_TEST_CASE(the_newest_first_page_by_page) {
    for (int i = 0; i < 25; ++i) {
        submit("page " + std::to_string(i));
        if (i == 0)
            index();
    }
    const auto texts = [&](std::int64_t skip, std::int64_t limit) {
        Texts list;
        const auto page = spool.search_messages("ana", "page", skip, limit);
        BOOST_TEST(page.total == 25);
        BOOST_TEST(page.complete);
        for (const MessageView& message : page.messages)
            list.push_back(message.text.substr(5));
        return printed(list);
    };
    for (const int indexed : {0, 10, 25}) { // half of it is found through the index
        if (indexed > 0)
            (void)index_bite(later(), 10);
        if (indexed == 25)
            index();
        BOOST_TEST(texts(0, 3) == "24|23|22");
        BOOST_TEST(texts(3, 3) == "21|20|19");
        BOOST_TEST(texts(23, 3) == "1|0");
        BOOST_TEST(texts(25, 3) == "");
    }
}

BOOST_AUTO_TEST_CASE(no_more_than_search_most) {
    config.search_most = 4;
    spool = open();
    for (int i = 0; i < 4; ++i)
        submit("most " + std::to_string(i));
    for (const bool indexed : {false, true}) {
        if (indexed)
            index();
        BOOST_TEST(page("most").total == 4);
        BOOST_TEST(page("most").complete);
    }
    submit("most 4");
    for (const bool indexed : {false, true}) {
        if (indexed)
            index();
        BOOST_TEST(page("most").total == 4);
        BOOST_TEST(!page("most").complete);
        BOOST_TEST(page("most").messages.front().text == "most 4");
    }
}

// A short text is looked for in the newest messages only.
BOOST_AUTO_TEST_CASE(no_more_than_search_scan_in_vain) {
    submit("xx");
    for (int i = 0; i < 5; ++i)
        submit("other");
    index();
    BOOST_TEST(printed(found("xx")) == "xx");
    BOOST_TEST(page("xx").complete);
    config.search_scan = 5;
    spool = open();
    BOOST_TEST(printed(found("xx")) == "xx");
    config.search_scan = 4;
    spool = open();
    BOOST_TEST(printed(found("xx")) == "");
    BOOST_TEST(!page("xx").complete);
    BOOST_TEST(page("other").complete);
}

// What is rare is what the index is asked for: a burst of long ago is rare.
BOOST_AUTO_TEST_CASE(a_burst_long_ago) {
    struct Case {
        const char* name;
        std::string burst, of, later, search;
    };
    const std::vector<Case> cases{
        {"another user's", "Hello world, bea", "bea", "Hello world, ana", "hello world"},
        {"a word", "Black Friday sale", "ana", "Your black coat order", "black friday"},
        {"the end of a word", "Black Friday sale", "ana", "Your black coat order", "k Friday"},
    };
    constexpr UtcMs hour = 3'600'000;
    constexpr int bursts = 40, others = 400;
    config.search_scan = 100;
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Fixture fresh;
            fresh.config.search_scan = 100;
            fresh.spool = fresh.open();
            fresh.raw.run_text("BEGIN");
            for (int i = 0; i < bursts; ++i)
                fresh.put(start_time + i, c.burst + " " + std::to_string(i), c.of);
            for (int i = 1; i <= others; ++i)
                fresh.put(start_time + i * hour, c.later + " " + std::to_string(i));
            fresh.raw.run_text("COMMIT");
            fresh.index(1000);
            const auto page = fresh.page(c.search, c.of);
            BOOST_TEST(page.total == bursts);
            BOOST_TEST(page.complete);
        }
    }
}

// All of one user's and none of another's, long ago, while the first is busy.
BOOST_AUTO_TEST_CASE(the_owner_is_always_asked_for) {
    constexpr UtcMs hour = 3'600'000;
    config.search_scan = 100;
    spool = open();
    raw.run_text("BEGIN");
    put(start_time, "winter sale", "bea");
    for (int i = 1; i <= 400; ++i)
        put(start_time + i * hour, "winter sale");
    for (int i = 1; i <= 100; ++i)
        put(start_time + 40'000 * hour / 100 + i, "quite another", "bea");
    raw.run_text("COMMIT");
    index(1000);
    BOOST_TEST(page("winter sale", "bea").total == 1);
    BOOST_TEST(page("winter sale", "bea").complete);
}

BOOST_AUTO_TEST_CASE(one_bound_for_all_that_is_looked_into) {
    config.search_scan = 20;
    spool = open();
    // "abc" and "bcd", but not "abcd".
    for (int i = 0; i < 15; ++i)
        submit("abc bcd");
    index();
    BOOST_TEST(page("abcd").complete);
    for (int i = 0; i < 5; ++i)
        submit("abc bcd");
    BOOST_TEST(page("abcd").complete);
    submit("abc bcd");
    BOOST_TEST(!page("abcd").complete);
}

BOOST_AUTO_TEST_CASE(a_long_text_counts_for_more) {
    config.search_scan = 20;
    spool = open();
    submit("xx");
    for (int i = 0; i < 5; ++i)
        submit(std::string(2999, 'y'));
    BOOST_TEST(page("xx").complete);
    submit(std::string(6000, 'y'));
    BOOST_TEST(!page("xx").complete);
}

// --- the index follows --------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_was_there_before_the_index) {
    for (int i = 0; i < 10; ++i)
        submit("before " + std::to_string(i));
    BOOST_TEST(page("before").total == 10);
    BOOST_TEST(page("before").complete);
    // It begins in the middle, as where the index came to a spool that had run for long.
    const std::string middle =
        raw.ask_text("SELECT id FROM message WHERE text = 'before 5'").substr(0, 35);
    raw.run_text("INSERT INTO search_mark VALUES ('message', '" + middle + "', '" + middle + "')");
    BOOST_TEST(page("before").total == 5);
    BOOST_TEST(!page("before").complete);
    (void)index_bite(later(), 7);
    BOOST_TEST(page("before").total == 7); // the two youngest of the old ones
    BOOST_TEST(!page("before").complete);
    BOOST_TEST(page("before 3").total == 1);
    BOOST_TEST(page("before 2").total == 0);
    index(2);
    BOOST_TEST(page("before").total == 10);
    BOOST_TEST(page("before").complete);
    sound();
}

// Ids are made before their commit.
BOOST_AUTO_TEST_CASE(what_is_committed_late) {
    NewMessage late = new_message("late one");
    submit("early one");
    index();
    BOOST_TEST((spool.submit(late).how == Stored::done));
    BOOST_TEST((spool.submit(late).how == Stored::done));
    BOOST_TEST(count("search_due") == 1);
    sound();
    for (const bool indexed : {false, true}) {
        if (indexed)
            index();
        BOOST_TEST(count("search_due") == (indexed ? 0 : 1));
        BOOST_TEST(printed(found("one")) == "early one|late one");
        BOOST_TEST(page("one").complete);
        BOOST_TEST(printed(found("one", "bea")) == "");
    }
    sound();
}

// What comes then is older than what the index has.
BOOST_AUTO_TEST_CASE(the_clock_is_set_back) {
    const UtcMs ahead = utc_now() + 50'000;
    put(ahead, "word from ahead");
    put_in(id_at(ahead) + "8000-000000000000", "word from ahead");
    index();
    submit("word from now");
    submit("word of bea", "bea");
    arrive("word from now");
    for (const bool indexed : {false, true}) {
        if (indexed)
            index();
        BOOST_TEST(printed(found("WORD from")) == "word from ahead|word from now");
        BOOST_TEST(printed(inbox("WORD from")) == "word from ahead|word from now");
        BOOST_TEST(page("word").complete);
        BOOST_TEST(printed(found("word of", "bea")) == "word of bea");
    }
    sound();
}

BOOST_AUTO_TEST_CASE(no_more_late_ones_than_search_scan) {
    config.search_scan = 4;
    spool = open();
    put(utc_now() + 50'000, "from ahead");
    index();
    submit("the word");
    for (int i = 0; i < 4; ++i)
        submit("another");
    BOOST_TEST(printed(found("word")) == "the word");
    submit("another");
    BOOST_TEST(!page("word").complete);
    index();
    BOOST_TEST(page("word").complete);
}

BOOST_AUTO_TEST_CASE(the_newest_also_among_late_ones) {
    config.search_most = 2;
    spool = open();
    const UtcMs ahead = utc_now() + 50'000;
    for (int i = 0; i < 3; ++i)
        put(ahead + i, "word " + std::to_string(i));
    index();
    submit("word late");
    BOOST_TEST(printed(found("word")) == "word 2|word 1");
    BOOST_TEST(!page("word").complete);
}

BOOST_AUTO_TEST_CASE(two_ids_of_one_number) {
    const std::string begin = id_at(start_time);
    put_in(begin + "8000-000000000001", "first apple");
    put_in(begin + "8000-000000000002", "second pear");
    put_in(begin + "8000-000000000003", "third plum");
    for (const std::size_t bite : {1U, 2U, 100U}) {
        spool.reindex();
        index(bite);
        BOOST_TEST(printed(inbox("apple")) == "first apple");
        BOOST_TEST(printed(inbox("pear")) == "second pear");
        BOOST_TEST(printed(inbox("plum")) == "third plum");
        sound();
    }
    const InboxQuery remove{InboxQuery::Which::all, InboxQuery::After::remove, 0};
    BOOST_TEST(printed(inbox("pear", remove)) == "second pear");
    index();
    BOOST_TEST(printed(inbox("apple")) == "first apple");
    BOOST_TEST(printed(inbox("plum")) == "third plum");
    BOOST_TEST(
        raw.ask_texts("SELECT rowid FROM inbox_search WHERE inbox_search MATCH '\"pea\"'").empty());
    sound();
    BOOST_TEST(inbox("p", remove).size() == 2U);
    index();
    BOOST_TEST(count("inbox_search_docsize") == 0);
    sound();
}

// Whatever the number of texts: they are entered and struck out by the byte, too.
BOOST_AUTO_TEST_CASE(a_bite_of_long_texts_is_short) {
    constexpr int texts = 40, length = 5000;
    for (int i = 0; i < texts; ++i)
        put(start_time + i, std::string(length, static_cast<char>('a' + i % 26)));
    (void)index_bite(later(), 1000);
    const auto entered = count("message_search_docsize");
    BOOST_TEST(entered >= 10);
    BOOST_TEST(entered <= 15);
    index();
    raw.run_text("INSERT INTO search_due SELECT 'message', id, username, text FROM message");
    raw.run_text("DELETE FROM message");
    (void)index_bite(later(), 1000);
    BOOST_TEST(count("search_due") <= texts - 10);
    BOOST_TEST(count("search_due") >= texts - 15);
    index();
    BOOST_TEST(count("message_search_docsize") == 0);
    // One that is longer than a bite is a bite.
    put(start_time, std::string(100'000, 'x'));
    spool.reindex();
    index();
    BOOST_TEST(count("message_search_docsize") == 1);
}

BOOST_AUTO_TEST_CASE(the_next_bite) {
    struct Case {
        const char* name;
        std::size_t bite, texts;
        int took_ms;
        std::size_t want;
    };
    const std::vector<Case> cases{
        {"full and fast", 100, 100, 1, 200},
        {"nearly empty and fast", 100, 1, 1, 100},
        {"empty", 100, 0, 0, 100},
        {"slow", 100, 100, 11, 50},
        {"nearly empty and slow", 100, 1, 11, 50},
        {"the most", 1000, 1000, 1, 1000},
        {"the least", 16, 16, 100, 16},
    };
    for (const Case& c : cases)
        BOOST_TEST(next_bite(c.bite, c.texts, std::chrono::milliseconds(c.took_ms)) == c.want,
                   c.name);
    put(start_time, "one");
    put(start_time + 1, "two");
    BOOST_TEST(spool.index_texts(later(), 100).texts == 1U); // below the first of the mark
    BOOST_TEST(spool.index_texts(later(), 100).texts == 0U);
}

BOOST_AUTO_TEST_CASE(what_has_just_come_settles_first) {
    submit("settling");
    BOOST_TEST((index_bite(utc_now(), 10) == Spool::Indexing::behind)); // the marks
    BOOST_TEST((index_bite(utc_now() - 2000, 10) == Spool::Indexing::waits));
    BOOST_TEST(count("message_search_docsize") == 0);
    BOOST_TEST(printed(found("settling")) == "settling");
    BOOST_TEST((index_bite(utc_now() + 2000, 10) == Spool::Indexing::behind));
    BOOST_TEST(count("message_search_docsize") == 1);
}

BOOST_AUTO_TEST_CASE(what_is_purged) {
    std::string id;
    for (const bool again_due : {false, true}) {
        id = send(new_message("purged text"), start_time + 1);
        submit("kept text");
        index();
        if (again_due)
            (void)expire_all(spool, start_time + 40LL * 24 * 3600 * 1000);
        BOOST_TEST(spool.purge(start_time + 1000).size() == 1U);
        BOOST_TEST(printed(found("purged")) == "");
        BOOST_TEST(count("search_due") == 1);
        sound();
        index();
        BOOST_TEST(count("search_due") == 0);
        BOOST_TEST(count("message_search_docsize") == count("message"));
        // Nothing of it is left in the index.
        BOOST_TEST(raw.ask_texts("SELECT rowid FROM message_search WHERE message_search MATCH "
                                 "'\"urg\"'")
                       .empty());
        sound();
        while (auto work = claim())
            (void)settle(*work, WasRefused{});
    }
}

BOOST_AUTO_TEST_CASE(purged_before_it_was_indexed) {
    (void)send(new_message("gone at once"), start_time + 1);
    BOOST_TEST(spool.purge(start_time + 1000).size() == 1U);
    BOOST_TEST(count("search_due") == 0);
    index();
    BOOST_TEST(count("message_search_docsize") == 0);
}

BOOST_AUTO_TEST_CASE(a_part_that_comes_late_changes_the_text) {
    arrive("first half and ", 1, 2);
    (void)spool.assemble_overdue(later(), numbers, start_time + 10'000);
    index();
    BOOST_TEST(inbox("half and").size() == 1U);
    BOOST_TEST(arrive("second half", 2, 2).late);
    sound();
    index();
    BOOST_TEST(printed(inbox("half and second HALF")) == "first half and second half");
    BOOST_TEST(printed(inbox("and …")) == "");
    BOOST_TEST(count("inbox_search_docsize") == 1);
    sound();
}

BOOST_AUTO_TEST_CASE(a_message_to_many) {
    NewMessage message = new_message("to very many");
    message.recipients.clear();
    for (int i = 0; i < 1200; ++i)
        message.recipients.push_back({"", "+5255" + std::to_string(10'000'000 + i)});
    submit("meanwhile to one");
    index();
    BOOST_TEST((spool.submit(message).how == Stored::done));
    index();
    BOOST_TEST(printed(found("VERY many")) == "to very many");
    sound();
}

// --- the inbox ----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_follows_of_what_was_found) {
    for (const char* text : {"red apple", "green apple", "red pear"})
        arrive(text);
    index();
    InboxQuery query{InboxQuery::Which::unread, InboxQuery::After::mark_read, 1};
    BOOST_TEST(printed(inbox("apple", query)) == "green apple");
    BOOST_TEST(printed(inbox("apple", query)) == "red apple");
    BOOST_TEST(printed(inbox("apple", query)) == "");
    BOOST_TEST(printed(inbox("p")) == "red pear|green apple|red apple");
    query = {InboxQuery::Which::all, InboxQuery::After::remove, 0};
    BOOST_TEST(printed(inbox("apple", query)) == "green apple|red apple");
    BOOST_TEST(printed(inbox("pear")) == "red pear");
    BOOST_TEST(printed(inbox("apple")) == "");
    index();
    BOOST_TEST(count("inbox_search_docsize") == 1);
    (void)spool.clean_inbox(later(), Spool::Unread::remove, 10);
    index();
    BOOST_TEST(count("inbox_search_docsize") == 0);
    sound();
}

BOOST_AUTO_TEST_CASE(a_reply_belongs_to_its_message) {
    NewMessage message = new_message("question", start_time, "+525587654321");
    message.reply_timeout_ms = 60'000;
    (void)send(message, start_time + 1);
    BOOST_TEST(arrive("the answer").message->state == "reply");
    BOOST_TEST(inbox("answer").empty());
    index();
    BOOST_TEST(inbox("answer").empty());
    BOOST_TEST(count("inbox_search_docsize") == 0);
    sound();
}

// --- damage -------------------------------------------------------------------------------------

// Puts junk in the place of the first page of a table, which nobody has open.
void damage_page(const Config& config, const std::string& table) {
    std::streamoff place = 0;
    constexpr std::streamoff page = 4096;
    {
        Database raw(config.spool, Open::write, std::chrono::seconds(1));
        place = (std::stoll(raw.ask_text("SELECT rootpage FROM sqlite_master WHERE name = '" +
                                         table + "'")) -
                 1) *
                page;
        (void)raw.ask_text("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    std::fstream file(config.spool, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(place);
    file << std::string(page, 'U');
    BOOST_REQUIRE(file.flush());
}

// How a search and the daemon's bite go. Zeros are an index that has nothing in it.
struct Damage {
    std::string what; // SQL; or a table, whose page is damaged
    std::optional<Fault> search, bite;
};

const std::vector<Damage> damages{
    {"DROP TABLE message_search_data", Fault::unavailable, Fault::corrupt},
    {"DELETE FROM message_search_data", Fault::unavailable, Fault::corrupt},
    {"UPDATE message_search_data SET block = zeroblob(60)", std::nullopt, Fault::bug},
    {"DELETE FROM message_search_config", Fault::unavailable, Fault::bug},
    {"DROP TABLE message_search_idx", Fault::unavailable, Fault::bug},
    {"DROP TABLE message_search_docsize", std::nullopt, Fault::bug},
    {"DROP TABLE message_search", Fault::unavailable, Fault::bug},
    {"DROP TABLE search_mark", Fault::unavailable, Fault::bug},
    {"DROP TABLE search_due", Fault::unavailable, Fault::bug},
    {"message_search_data", Fault::unavailable, Fault::corrupt},
    {"message_search_docsize", std::nullopt, Fault::corrupt},
    {"search_mark", Fault::unavailable, Fault::corrupt},
    {"search_due", Fault::unavailable, Fault::corrupt},
};

BOOST_AUTO_TEST_CASE(a_damaged_index_stops_searches_only) {
    for (const Damage& damage : damages) {
        BOOST_TEST_CONTEXT(damage.what) {
            TempFolder place;
            const Config settings = fresh_config(place);
            const auto fill = [&] {
                Spool filled(settings, Access::write);
                for (int i = 0; i < 300; ++i)
                    (void)filled.submit(new_message("before the damage " + std::to_string(i)));
                while (filled.index_texts(later(), 1000).state == Spool::Indexing::behind)
                    ;
            };
            fill();
            const NewMessage late = new_message("late, after the damage");
            fill();
            const bool on_disk = damage.what.find(' ') == std::string::npos;
            if (on_disk)
                damage_page(settings, damage.what);
            else
                Database(settings.spool, Open::write, std::chrono::seconds(1))
                    .run_text(damage.what);
            Spool damaged(settings, Access::write);
            BOOST_TEST(!damaged.check().empty());
            const auto search = [&](const std::string& text) {
                return damaged.search_messages("ana", text, 0, all).messages.size();
            };
            BOOST_TEST(printed(fault_of([&] { (void)search("damage 299"); })) ==
                       printed(damage.search));
            // Within what is indexed, and behind it.
            BOOST_TEST((damaged.submit(late).how == Stored::done));
            const std::string id = damaged.submit(new_message("after the damage")).message_id;
            BOOST_TEST(damaged.find(id).has_value());
            Arrival arrival;
            arrival.kind = "deliver";
            arrival.number = "+525587654321";
            arrival.text = "came after the damage";
            arrival.sent = start_time;
            BOOST_TEST(damaged.take_in("sim", {arrival}, numbers, start_time).front().failed == "");
            BOOST_TEST(damaged.claim({"host-1", "sim", 60'000}, start_time).has_value());
            BOOST_TEST(printed(fault_of([&] { (void)damaged.index_texts(later(), 10); })) ==
                       printed(damage.bite));
            BOOST_TEST(damaged.clean_inbox(later(), Spool::Unread::remove, 10) == 1U);
            BOOST_TEST(printed(fault_of([&] { (void)search("damage 299"); })) ==
                       printed(damage.search));
            damaged.reindex();
            while (damaged.index_texts(later(), 1000).state == Spool::Indexing::behind)
                ;
            BOOST_TEST(search("before the damage 299") == 2U);
            BOOST_TEST(search("AFTER") == 2U);
            // What cannot be read cannot be given back.
            for (const std::string& finding : damaged.check())
                BOOST_TEST((on_disk && finding.find("never used") != std::string::npos), finding);
        }
    }
}

// What was removed is kept nowhere, though the index cannot be rid of it.
BOOST_AUTO_TEST_CASE(a_damaged_index_keeps_no_removed_text) {
    (void)send(new_message("purged secret"), start_time + 1);
    arrive("removed secret");
    submit("kept");
    index();
    raw.run_text("DELETE FROM message_search_data");
    spool = open();
    BOOST_TEST(spool.purge(start_time + 1000).size() == 1U);
    BOOST_TEST(spool.clean_inbox(later(), Spool::Unread::remove, 10) == 1U);
    BOOST_TEST(count("search_due") == 2);
    BOOST_TEST((fault_of([&] { (void)index_bite(later(), 10); }) == Fault::corrupt));
    BOOST_TEST(count("search_due") == 0);
}

BOOST_AUTO_TEST_CASE(what_the_check_finds) {
    struct Case {
        const char* name;
        const char* sql;
        std::string want;
    };
    const std::vector<Case> cases{
        {"a text that is not in the index",
         "DELETE FROM message_search_docsize WHERE id = (SELECT MIN(id) FROM "
         "message_search_docsize)",
         " is not in the index of search"},
        {"an entry of nothing", "DELETE FROM inbox", "the index of search has an entry "},
        {"a text that is another", "UPDATE message SET text = 'quite another' WHERE text = 'one'",
         " is not found by search: smsctl spool reindex"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Fixture fresh;
            fresh.submit("one");
            fresh.submit("two");
            fresh.arrive("three");
            fresh.index();
            fresh.sound();
            fresh.raw.run_text(c.sql);
            const auto found = fresh.spool.check();
            BOOST_REQUIRE(found.size() == 1U);
            BOOST_TEST(found.front().find(c.want) != std::string::npos, found.front());
        }
    }
}

// No index has them, and nobody misses them there.
BOOST_AUTO_TEST_CASE(ids_without_a_number_are_passed_over) {
    put_in("0", "foreign word");
    put_in("01000000-0000-7000-8000-000000000000", "foreign word"); // of 2004
    arrive("our word");
    BOOST_TEST(inbox("word").size() == 3U);
    index();
    BOOST_TEST(printed(inbox("word")) == "our word");
    BOOST_TEST(inbox("wo").size() == 3U);
    (void)spool.clean_inbox(2, Spool::Unread::remove, 10);
    index();
    sound();
}

BOOST_AUTO_TEST_SUITE_END()
