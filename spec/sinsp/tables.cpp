/* tables: state tables that plugins offer, as the host itself uses them. */
#include "command.h"
#include "session.h"

#include <libsinsp/plugin.h>

#include <stdexcept>

/* A table whose keys are texts, used in the name of the plugin. */
static sinsp_table<std::string> table_at(inspector &inspector, sinsp_plugin &plugin, const std::string &name)
{
    for (const auto &table : inspector.engine.get_table_registry()->tables()) {
        if (table.first == name) {
            return sinsp_table<std::string>(&plugin, table.second);
        }
    }
    throw std::runtime_error("there is no table " + name);
}

/* Throws an exception of C++ through the plugin's iteration. */
static void run_leave(session &session, arguments &args, std::ostream &)
{
    auto &inspector = session.at(args.word());
    auto plugin = inspector.plugin(args.word());

    table_at(inspector, *plugin, args.word()).foreach_entry([](sinsp_table_entry &) -> bool {
        throw std::runtime_error("left at the first entry");
    });
}

static void run_size(session &session, arguments &args, std::ostream &out)
{
    auto &inspector = session.at(args.word());
    auto plugin = inspector.plugin(args.word());

    out << table_at(inspector, *plugin, args.word()).entries_count() << '\n';
}

const command_table table_commands = {
    {"leave", "INSPECTOR PLUGIN TABLE", run_leave},
    {"size", "INSPECTOR PLUGIN TABLE", run_size},
};
