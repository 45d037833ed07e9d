// config.ini, the settings of the gateway program that this one follows (contract 4A.2), read as it
// is: its sections MODEM, SERVICE, KEYCLOAK and LOGGING, with that program's defaults and rules.
//
// Lines are taken as Python's configparser takes them: keys in any case; "=" or ":" between key and
// value; "#" and ";" begin a comment at the beginning of a line only; what [DEFAULT] says holds for
// all sections; what stands twice is an error. "%%" is a percent sign, as it was there, and any
// other "%" is one too, which that program could not read. A value has one line.

#ifndef SMSSPOOL_PULL_INI_H
#define SMSSPOOL_PULL_INI_H

#include "common/settings.h"

#include <string>
#include <vector>

namespace smsspool {

struct IniConfig {
    RemoteConfig remote; // without the secrets; it says where they are (secrets_ini)
    Verbosity log_level = Verbosity::info;
    std::vector<std::string> remarks; // on what does not do what it did, sentences for the log
};

// Throws Error whose text begins with "FILE: " or "FILE:LINE: ": bad_input where it cannot be
// used, naming section, key, limit and what was found; denied where others than owner and group
// may read it, as it holds a password; unavailable where it cannot be read.
[[nodiscard]] IniConfig read_ini(const std::string& file);

struct IniSecrets {
    std::string password;      // KeycloakPassword
    std::string client_secret; // KeycloakClientSecret; empty: none
};

// The secrets in it, as they are now. Throws as read_ini() does.
[[nodiscard]] IniSecrets read_ini_secrets(const std::string& file);

} // namespace smsspool

#endif
