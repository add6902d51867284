/* files: a script that is edited while plugins run. */
#include "command.h"

#include <filesystem>

static void run_copy(session &, arguments &args, std::ostream &)
{
    std::string from = args.word();

    std::filesystem::copy_file(from, args.word(), std::filesystem::copy_options::overwrite_existing);
}

static void run_remove(session &, arguments &args, std::ostream &)
{
    std::filesystem::remove(args.word());
}

const command_table file_commands = {
    {"copy", "FROM TO", run_copy},
    {"remove", "FILE", run_remove},
};
