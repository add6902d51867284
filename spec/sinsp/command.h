/*
 * command: the commands of scenarios, which the libsinsp driver runs.
 *
 * A scenario is text, one command per line: a name, words, and for some commands the rest of the line. Each
 * topic (loading, reading, ...) has a table of commands; main.cpp joins the tables.
 */
#ifndef LURE_SINSP_COMMAND_H
#define LURE_SINSP_COMMAND_H

#include <exception>
#include <ostream>
#include <string>
#include <vector>

class session;

/* A scenario says too little: the command's usage is shown. */
class missing_argument : public std::exception
{
};

/* What stands behind a command's name, taken from left to right. */
class arguments
{
  public:
    explicit arguments(std::string text) : m_text(std::move(text))
    {
    }

    /* The next word. Throws missing_argument if there is none. */
    std::string word();

    /* The next word as a number. Throws as above. */
    unsigned long number();

    /* All that is left, "" if nothing is. */
    std::string rest();

  private:
    std::string m_text;
};

struct command {
    const char *name;
    const char *usage; /* the arguments, for people */

    /* Writes what a scenario wants to know to `out`; throws std::exception where it fails. */
    void (*run)(session &session, arguments &args, std::ostream &out);
};

using command_table = std::vector<command>;

extern const command_table loading_commands; /* plugins of an inspector */
extern const command_table reading_commands; /* its events */
extern const command_table kernel_commands;  /* events of the kernel, and those that plugins send */
extern const command_table query_commands;   /* metrics, configuration, state, log */
extern const command_table table_commands;   /* state tables of plugins */
extern const command_table file_commands;    /* files that change while plugins run */
extern const command_table pattern_commands; /* regular expressions */

#endif
