// Phone numbers for FastCGI programs.

#include "fcgi/phone_numbers.h"

namespace smsspool {

std::shared_ptr<const Numbers> numbers_at_once(const Config& config) {
    return std::make_shared<const Numbers>(config, Numbers::Load::at_once);
}

std::shared_ptr<const Numbers> numbers_when_used(const Config& config) {
    return std::make_shared<const Numbers>(config, Numbers::Load::when_used);
}

} // namespace smsspool
