/*
 * The driver: libsinsp, the framework inside Falco and sysdig, led by a scenario.
 *
 * Reads one command a line from standard input (command.h) and writes what they print to
 * standard output. A command that fails prints "error: TEXT", and the next one runs.
 *
 *     load a ./liblure.so {"script":"dummy.lua"}     a is an inspector
 *     open a dummy {"start":1,"maxEvents":20}
 *     @other load b ./liblure.so                     the same on the thread called other
 *     &other all a %evt.num                          the same without waiting for it
 *     join other                                     waits, and prints what it has written
 *     # a comment
 */
#include "command.h"
#include "session.h"
#include "worker.h"

#include <iostream>
#include <map>
#include <memory>

using worker_table = std::map<std::string, worker>;

static const command *find_command(const std::string &name)
{
    for (const command_table *table : {&loading_commands, &reading_commands, &kernel_commands,
                                       &query_commands, &table_commands, &file_commands, &pattern_commands}) {
        for (const command &command : *table) {
            if (name == command.name) {
                return &command;
            }
        }
    }
    return nullptr;
}

static void run_command(const command &command, session &session, arguments &args, std::ostream &out)
{
    try {
        command.run(session, args, out);
    } catch (const missing_argument &) {
        out << "error: usage: " << command.name << ' ' << command.usage << '\n';
    } catch (const std::exception &problem) {
        out << "error: " << problem.what() << '\n';
    }
}

static void run_line(session &session, arguments args, std::ostream &out)
{
    std::string name = args.rest().empty() ? "" : args.word();
    const command *command = find_command(name);

    if (command == nullptr) {
        out << "error: unknown command \"" << name << "\"\n";
    } else {
        run_command(*command, session, args, out);
    }
}

/* Runs one line of a scenario where it says. */
static void dispatch(session &session, worker_table &workers, const std::string &line)
{
    arguments args(line[0] == '@' || line[0] == '&' ? line.substr(1) : line);

    if (line[0] == '@' || line[0] == '&') {
        worker &worker = workers[args.word()];

        worker.give([&session, args](std::ostream &out) { run_line(session, args, out); });
        std::cout << (line[0] == '@' ? worker.join() : "");
    } else if (line.rfind("join ", 0) == 0) {
        args.word();
        std::cout << workers[args.word()].join();
    } else {
        run_line(session, args, std::cout);
    }
    std::cout.flush();
}

int main()
{
    session session;
    worker_table workers; /* gone before the inspectors they use */
    std::string line;

    while (std::getline(std::cin, line)) {
        if (line.empty() || line[0] == '#') {
            continue;
        }
        try {
            dispatch(session, workers, line);
        } catch (const missing_argument &) {
            std::cout << "error: no command in \"" << line << "\"\n";
        }
    }
    return 0;
}
