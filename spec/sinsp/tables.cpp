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

static const char *type_name(ss_plugin_state_type type)
{
    switch (type) {
    case SS_PLUGIN_ST_BOOL:
        return "bool";
    case SS_PLUGIN_ST_UINT8:
        return "uint8";
    case SS_PLUGIN_ST_UINT16:
        return "uint16";
    case SS_PLUGIN_ST_UINT32:
        return "uint32";
    case SS_PLUGIN_ST_UINT64:
        return "uint64";
    case SS_PLUGIN_ST_INT64:
        return "int64";
    case SS_PLUGIN_ST_STRING:
        return "string";
    case SS_PLUGIN_ST_TABLE:
        return "table";
    default:
        return "of another type";
    }
}

static void print_fields(const ss_plugin_table_fieldinfo *fields, uint32_t count, std::ostream &out)
{
    for (uint32_t i = 0; i < count; i++) {
        out << fields[i].name << ' ' << type_name(fields[i].field_type)
            << (fields[i].read_only ? " read only\n" : "\n");
    }
}

/* The fields of the threads, or of the tables in a field of theirs. */
static void run_thread_fields(session &session, arguments &args, std::ostream &out)
{
    auto &inspector = session.at(args.word());
    auto plugin = inspector.plugin(args.word());
    std::string name = args.rest();
    auto threads = inspector.engine.get_table_registry()->tables().at("threads");
    auto thread = threads->create_table_entry(plugin.get());
    ss_plugin_state_data data;
    uint32_t count = 0;

    if (name.empty()) {
        auto fields = threads->list_fields(plugin.get(), &count);

        print_fields(fields, count, out);
    } else if (threads->read_entry_field(plugin.get(), thread,
                                         threads->get_field(plugin.get(), name.c_str(), SS_PLUGIN_ST_TABLE),
                                         &data) == SS_PLUGIN_SUCCESS) {
        auto table = static_cast<ss_plugin_table_input *>(data.table);
        auto fields = table->fields_ext->list_table_fields(table->table, &count);

        print_fields(fields, count, out);
    }
    threads->destroy_table_entry(plugin.get(), thread);
}

const command_table table_commands = {
    {"leave", "INSPECTOR PLUGIN TABLE", run_leave},
    {"thread_fields", "INSPECTOR PLUGIN [FIELD]", run_thread_fields},
    {"size", "INSPECTOR PLUGIN TABLE", run_size},
};
