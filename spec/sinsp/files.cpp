/* files: a script that is edited while plugins run. */
#include "command.h"

#include <chrono>
#include <filesystem>
#include <thread>

static void run_copy(session &, arguments &args, std::ostream &)
{
    std::string from = args.word();

    std::filesystem::copy_file(from, args.word(), std::filesystem::copy_options::overwrite_existing);
}

static void run_remove(session &, arguments &args, std::ostream &)
{
    std::filesystem::remove(args.word());
}

/* Until a plugin that looks after its script does so in its next call. */
static void run_wait(session &, arguments &args, std::ostream &)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(args.number()));
}

const command_table file_commands = {
    {"copy", "FROM TO", run_copy},
    {"remove", "FILE", run_remove},
    {"wait", "MILLISECONDS", run_wait},
};
