/*
 * reader: YAML as Falco reads it.
 *
 *   reader [--variables] <YAML >JSON
 *
 * Reads standard input with libyaml (does it parse?) and with yaml-cpp, as Falco does, and prints one JSON
 * value a line for each document. Scalars are strings, as most of Falco takes them. An `init_config` that is
 * a map becomes the JSON text that the plugin is given: there a scalar that yaml-cpp can read as an int, a
 * double or a bool is one, in quotes or not, and an empty map or list is null. --variables: "${NAME}" is
 * replaced, as in falco.yaml, which rules are not.
 *
 * Exit status: 0; 1 with "libyaml: ..." or "yaml-cpp: ..." on standard error; 2 for a wrong command line.
 */
#include <yaml-cpp/yaml.h>
#include <yaml.h>

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <iostream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>

/* ---- libyaml ---- */

static void check_with_libyaml(const std::string &text)
{
    yaml_parser_t parser;
    yaml_event_t event;
    bool ended = false;

    yaml_parser_initialize(&parser);
    yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char *>(text.data()), text.size());
    while (!ended) {
        if (yaml_parser_parse(&parser, &event) == 0) {
            std::ostringstream problem;

            problem << "libyaml: line " << parser.problem_mark.line + 1 << ": "
                    << (parser.problem != nullptr ? parser.problem : "out of memory");
            yaml_parser_delete(&parser);
            throw std::runtime_error(problem.str());
        }
        ended = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
}

/* ---- variables ---- */

/* "${NAME}" becomes the variable's value, "$${x}" becomes "${x}"; behind a lone "$" nothing is replaced. */
static std::string replaced(std::string value)
{
    size_t at = 0;

    while ((at = value.find('$', at)) != std::string::npos) {
        size_t close = value.find('}', at);

        if (close == std::string::npos) {
            break;
        }
        if (value.compare(at, 3, "$${") == 0) {
            value.erase(at++, 1);
        } else if (value.compare(at, 2, "${") == 0) {
            const char *variable = getenv(value.substr(at + 2, close - at - 2).c_str());

            value.replace(at, close - at + 1, variable != nullptr ? variable : "");
        } else {
            break;
        }
    }
    return value;
}

static void replace_variables(YAML::Node node)
{
    if (node.IsScalar()) {
        node = replaced(node.as<std::string>());
    } else if (node.IsMap()) {
        for (auto member : node) {
            replace_variables(member.second);
        }
    } else {
        for (auto element : node) {
            replace_variables(element);
        }
    }
}

/* ---- JSON ---- */

static std::string quoted(const std::string &text)
{
    std::string out = "\"";

    for (char letter : text) {
        char escaped[8];

        if (letter == '"' || letter == '\\') {
            out += '\\';
            out += letter;
        } else if (static_cast<unsigned char>(letter) < 0x20) {
            snprintf(escaped, sizeof(escaped), "\\u%04x", letter);
            out += escaped;
        } else {
            out += letter;
        }
    }
    return out + "\"";
}

/* The shortest text that is this number again, and no integer. */
static std::string number(double value)
{
    char text[32] = "";

    if (!std::isfinite(value)) {
        return "null";
    }
    std::to_chars(text, text + sizeof(text) - 1, value);
    return strpbrk(text, ".e") != nullptr ? text : std::string(text) + ".0";
}

/* A scalar inside of init_config. */
static std::string converted(const YAML::Node &node)
{
    int integer;
    double real;
    bool boolean;

    if (YAML::convert<int>::decode(node, integer)) {
        return std::to_string(integer);
    }
    if (YAML::convert<double>::decode(node, real)) {
        return number(real);
    }
    if (YAML::convert<bool>::decode(node, boolean)) {
        return boolean ? "true" : "false";
    }
    return quoted(node.as<std::string>());
}

static std::string json(const YAML::Node &node, bool converts)
{
    std::string parts;

    if (node.IsScalar()) {
        return converts ? converted(node) : quoted(node.as<std::string>());
    }
    if (node.IsSequence()) {
        for (const auto &element : node) {
            parts += (parts.empty() ? "" : ",") + json(element, converts);
        }
        return converts && parts.empty() ? "null" : "[" + parts + "]";
    }
    if (!node.IsMap()) {
        return "null";
    }
    for (const auto &member : node) {
        std::string key = member.first.as<std::string>();
        bool is_config = !converts && key == "init_config" && member.second.IsMap();
        std::string value = is_config ? quoted(json(member.second, true)) : json(member.second, converts);

        parts += (parts.empty() ? "" : ",") + quoted(key) + ":" + value;
    }
    return converts && parts.empty() ? "null" : "{" + parts + "}";
}

int main(int argc, char **argv)
{
    bool variables = argc == 2 && strcmp(argv[1], "--variables") == 0;
    std::string text((std::istreambuf_iterator<char>(std::cin)), std::istreambuf_iterator<char>());

    if (argc > 1 && !variables) {
        std::cerr << "usage: reader [--variables] <YAML >JSON\n";
        return 2;
    }
    try {
        check_with_libyaml(text);
        for (const auto &document : YAML::LoadAll(text)) {
            if (variables) {
                replace_variables(document);
            }
            std::cout << json(document, false) << '\n';
        }
    } catch (const YAML::Exception &problem) {
        std::cerr << "yaml-cpp: " << problem.what() << '\n';
        return 1;
    } catch (const std::exception &problem) {
        std::cerr << problem.what() << '\n';
        return 1;
    }
    return 0;
}
