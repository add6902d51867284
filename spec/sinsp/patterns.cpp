/* patterns: regular expressions as libsinsp's operator "regex" has them. */
#include "command.h"

#include <re2/re2.h>

#include <fstream>
#include <sstream>

/* Whether the pattern, in front of the first unit separator, is all of each text behind one: a letter each.
 */
static std::string judge_pattern(const std::string &record)
{
    RE2::Options options(RE2::POSIX);
    std::istringstream parts(record);
    std::string part, verdicts;

    options.set_log_errors(false);
    std::getline(parts, part, '\x1f');

    RE2 pattern(part, options);

    if (!pattern.ok()) {
        return "error: " + std::to_string(pattern.error_code());
    }
    while (std::getline(parts, part, '\x1f')) {
        verdicts += pattern.Match(part, 0, part.size(), RE2::ANCHOR_BOTH, nullptr, 0) ? '1' : '0';
    }
    return verdicts;
}

/* Reads records of a pattern and texts, each with a record separator behind it, out of a file. */
static void run_patterns(session &, arguments &args, std::ostream &out)
{
    std::ifstream file(args.word(), std::ios::binary);
    std::string record;

    while (std::getline(file, record, '\x1e')) {
        out << judge_pattern(record) << '\n';
    }
}

const command_table pattern_commands = {
    {"patterns", "FILE", run_patterns},
};
