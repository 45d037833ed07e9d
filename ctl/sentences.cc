// The table of sentences.

#include "ctl/sentences.h"

#include "ctl/nouns.h"

namespace smsspool::ctl {

namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

} // namespace

const std::vector<Sentence>& sentences() {
    static const std::vector<Sentence> table{
        {"status [--trace]", "Shows the daemon, its modems, the queue and the disk.", show_status},
        {"message list [--user <user>] [--search <text>] [--limit <number>]",
         "Lists the newest messages, or those with this in their text.", list_messages},
        {"message show <id> [--trace]", "Shows a message, its jobs and each attempt to send them.",
         show_message},
        {"message cancel <id>", "Takes back what of a message still waits.", cancel_message},
        {"dead list [--state <state>] [--user <user>] [--number <number>] "
         "[--error-code <code>] [--older-than <time>] [--newer-than <time>] "
         "[--limit <number>] [--after <id>]",
         "Lists the dead letters, oldest first.", list_dead},
        {"dead count", "Counts the dead letters, by state and error.", count_dead},
        {"dead show <id>", "Shows a dead letter.", show_dead},
        {"dead retry <id> [--not-before <time>]", "Has a dead letter sent again.", retry_dead},
        {"dead retry-all [--state <state>] [--user <user>] [--number <number>] "
         "[--error-code <code>] [--older-than <time>] [--newer-than <time>] "
         "[--rate <rate>] [--not-before <time>] [--dry-run]",
         "Has them all sent again, one after the other.", retry_all_dead},
        {"dead abandon <id>", "Gives a dead letter up for good.", abandon_dead},
        {"dead abandon-all [--state <state>] [--user <user>] [--number <number>] "
         "[--error-code <code>] [--older-than <time>] [--newer-than <time>] "
         "[--dry-run]",
         "Gives them all up for good.", abandon_all_dead},
        {"webhook list [--state <state>] [--limit <number>] [--after <id>]",
         "Lists what senders are told of their messages, and what could not be told.",
         list_webhooks},
        {"webhook replay <id>", "Has told again what became of a job.", replay_webhook},
        {"webhook replay-all", "Has told again all that was given up.", replay_all_webhooks},
        {"webhook key <name>", "Prints the key that signs what a user is told.", show_webhook_key},
        {"inbox list [--unread] [--search <text>]", "Lists what came in; marks nothing as read.",
         list_inbox},
        {"inbox clean --older-than <age> [--keep-unread] [--dry-run]",
         "Removes what came in before that time, in small steps beside the daemon.", clean_inbox},
        {"user add <name> [--admin] [--scopes <list>] [--parts-per-day <number>] "
         "[--recipients <list>] [--hours <hours>] [--generate]",
         "Makes a user; the password comes from the terminal or the standard input.", add_user},
        {"user passwd <name> [--generate]", "Gives a user another password.", change_password},
        {"user disable <name>", "Lets a user in no more, nor any token of that user.",
         disable_user},
        {"user enable <name>", "Lets a disabled user in again.", enable_user},
        {"user delete <name>", "Removes a user, with password and tokens.", delete_user},
        {"user set <name> [--admin] [--scopes <list>] [--parts-per-day <number>] "
         "[--recipients <list>] [--hours <hours>]",
         "Changes what a user may do.", set_user},
        {"user list", "Lists the users and what they may do.", list_users},
        {"user import <file> [--replace]", "Takes the users of another password file.",
         import_users},
        {"token add <name> [--note <text>] [--scopes <list>] [--networks <list>] [--expires "
         "<time>] "
         "[--parts-per-day <number>] [--recipients <list>] [--hours <hours>] [--existing]",
         "Makes a bearer token of a user, and prints it this once.", add_token},
        {"token list [<name>]", "Lists the tokens of all or of one user.", list_tokens},
        {"token revoke <id>", "Removes a token.", revoke_token},
        {"config check", "Checks the configuration.", check_config},
        {"config show", "Prints every setting in the form that the file takes.", show_config},
        {"spool migrate", "Makes the database, or brings its schema up to date.", migrate_spool},
        {"spool check", "Looks for damage in the database and between its rows.", check_spool},
        {"spool backup <file>", "Copies the database while it is used.", backup_spool},
        {"spool reindex", "Makes the index of search anew.", reindex_spool},
    };
    return table;
}

Choice choose(const std::vector<std::string>& words) {
    if (words.empty())
        return {nullptr, {}, "a sentence is missing"};
    for (const Sentence& sentence : sentences()) {
        const Fit found = fit(sentence.words, words);
        if (found.kind == Fit::Kind::fits)
            return {&sentence, found.arguments, {}};
        if (found.kind == Fit::Kind::faulty)
            return {nullptr, {}, std::string(sentence.words) + ": " + found.fault};
    }
    return {nullptr, {}, "there is no sentence \"" + joined(words) + "\""};
}

std::string help_text() {
    std::string text = "usage: smsctl [-c FILE]... [--json] SENTENCE\n"
                       "       smsctl -h | -V\n"
                       "\n"
                       "sentences:\n";
    for (const Sentence& sentence : sentences()) {
        text += "  " + std::string(sentence.words) + "\n";
        text += "      " + std::string(sentence.help) + "\n";
    }
    return text + "\nThe manual is smsctl(8).\n";
}

} // namespace smsspool::ctl
