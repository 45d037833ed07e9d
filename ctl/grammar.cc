// The grammar.

#include "ctl/grammar.h"

#include "common/htpasswd.h"
#include "common/ids.h"

#include <algorithm>
#include <optional>
#include <sstream>

namespace smsspool::ctl {

namespace {

bool is_option(std::string_view word) {
    return word.substr(0, 2) == "--";
}

bool is_value(std::string_view token) {
    return !token.empty() && token.front() == '<';
}

struct Option {
    std::string name;
    std::string value;     // "<age>", or empty: it has none
    bool required = false; // written without brackets
};

// A sentence of the table, taken apart.
struct Form {
    std::vector<std::string> places; // words and values, in order
    std::size_t required = 0;        // so many of them
    std::vector<Option> options;
};

Form form_of(std::string_view sentence) {
    Form form;
    std::istringstream tokens{std::string(sentence)};
    for (std::string token; tokens >> token;) {
        const bool bracketed = token.front() == '[';
        std::erase_if(token, [](char each) { return each == '[' || each == ']'; });
        if (is_option(token)) {
            form.options.push_back({token, "", !bracketed});
        } else if (!form.options.empty() && is_value(token)) {
            form.options.back().value = token;
        } else {
            form.places.push_back(token);
            form.required += bracketed ? 0 : 1;
        }
    }
    return form;
}

std::string quoted(const std::string& word) {
    return "\"" + word + "\"";
}

std::optional<std::string> assign_age(Arguments& arguments, const std::string& word) {
    // Digits alone are seconds in a file. Here, where "30" may be meant as days, they are refused.
    const auto age = duration_from(word);
    if (!age || word.find_first_not_of("0123456789") == std::string::npos)
        return "<age> is a number and its unit: s, m, h or d, as in 30d, not " + quoted(word);
    arguments.age = *age;
    return std::nullopt;
}

// Puts `word` where the type of `value` wants it, or under its option; what is wrong with it, or
// nothing.
std::optional<std::string> assign(Arguments& arguments, const std::string& value,
                                  const std::string& word, const std::string& option = {}) {
    if (value == "<id>") {
        arguments.id = word;
        if (!is_id(word))
            return "<id> is the 36 characters of an id, not " + quoted(word);
    } else if (value == "<file>") {
        arguments.file = word;
        if (word.empty())
            return "<file> is empty";
    } else if (value == "<name>") {
        arguments.name = word;
        if (const std::string fault = user_name_fault(word); !fault.empty())
            return "<name>: " + fault;
    } else if (value == "<age>") {
        return assign_age(arguments, word);
    } else {
        arguments.values[option] = word;
    }
    return std::nullopt;
}

// Walks through typed words, a sentence's form at hand.
class Walk {
public:
    Walk(Form form, const std::vector<std::string>& words) : form_(std::move(form)), rest_(words) {
        std::reverse(rest_.begin(), rest_.end());
    }

    Fit run() {
        while (!rest_.empty() && fit_.fault.empty()) {
            const std::string word = take();
            if (is_option(word))
                take_option(word);
            else
                take_place(word);
        }
        if (fit_.fault.empty())
            look_for_missing();
        fit_.kind = fit_.fault.empty() ? Fit::Kind::fits : Fit::Kind::faulty;
        return fit_;
    }

private:
    std::string take() {
        std::string word = rest_.back();
        rest_.pop_back();
        return word;
    }

    void fail(const std::string& why) { fit_.fault = why; }

    void take_place(const std::string& word) {
        if (place_ == form_.places.size())
            return fail(quoted(word) + " is one word too many");
        const std::string& place = form_.places[place_++];
        if (!is_value(place))
            return; // names_it() has compared it
        if (const auto why = assign(fit_.arguments, place, word))
            fail(*why);
    }

    void take_option(const std::string& word) {
        const auto option = std::find_if(form_.options.begin(), form_.options.end(),
                                         [&](const Option& each) { return each.name == word; });
        if (option == form_.options.end())
            return fail("there is no option " + quoted(word) + " here");
        if (std::count(given_.begin(), given_.end(), word) > 0)
            return fail(word + " is there twice");
        given_.push_back(word);
        if (option->value.empty())
            return fit_.arguments.options.push_back(word);
        if (rest_.empty())
            return fail(word + " wants " + option->value);
        if (const auto why = assign(fit_.arguments, option->value, take(), word))
            fail(*why);
    }

    void look_for_missing() {
        if (place_ < form_.required)
            return fail(form_.places[place_] + " is missing");
        for (const Option& option : form_.options) {
            if (option.required && std::count(given_.begin(), given_.end(), option.name) == 0)
                return fail(option.name + " is missing");
        }
    }

    Form form_;
    std::vector<std::string> rest_; // the next one last
    std::vector<std::string> given_;
    std::size_t place_ = 0;
    Fit fit_;
};

// True if `words` begin with the words that name the sentence.
bool names_it(const Form& form, const std::vector<std::string>& words) {
    for (std::size_t i = 0; i < form.places.size() && !is_value(form.places[i]); ++i) {
        if (i >= words.size() || words[i] != form.places[i])
            return false;
    }
    return true;
}

} // namespace

bool Arguments::has(std::string_view option) const {
    return std::find(options.begin(), options.end(), option) != options.end();
}

std::optional<std::string> Arguments::value(std::string_view option) const {
    const auto found = values.find(option);
    return found == values.end() ? std::nullopt : std::optional(found->second);
}

Fit fit(std::string_view sentence, const std::vector<std::string>& words) {
    const Form form = form_of(sentence);
    if (!names_it(form, words))
        return {};
    return Walk(form, words).run();
}

} // namespace smsspool::ctl
