/* loading: plugins of an inspector, in the steps that Falco takes. */
#include "command.h"
#include "session.h"

#include <libsinsp/plugin.h>

#include <stdexcept>

/* Loads the library; its fields are known from here on, before init. */
static std::shared_ptr<sinsp_plugin> register_library(inspector &inspector, const std::string &path)
{
    auto plugin = inspector.engine.register_plugin(path);

    if (plugin->caps() & CAP_EXTRACTION) {
        inspector.checks.add_filter_check(sinsp_plugin::new_filtercheck(plugin));
    }
    return plugin;
}

static void init_plugin(sinsp_plugin &plugin, const std::string &config)
{
    std::string problem;

    if (!plugin.init(config, problem)) {
        throw std::runtime_error(problem);
    }
}

static void run_register(session &session, arguments &args, std::ostream &out)
{
    auto &inspector = session.at(args.word());
    auto plugin = register_library(inspector, args.word());

    out << plugin->name() << ' ' << plugin->plugin_version().as_string() << '\n';
}

static void run_init(session &session, arguments &args, std::ostream &)
{
    auto &inspector = session.at(args.word());
    auto plugin = inspector.plugin(args.word());

    init_plugin(*plugin, args.rest());
}

static void run_load(session &session, arguments &args, std::ostream &)
{
    auto &inspector = session.at(args.word());
    auto plugin = register_library(inspector, args.word());

    init_plugin(*plugin, args.rest());
}

/* The names of its fields, in one line. */
static void run_fields(session &session, arguments &args, std::ostream &out)
{
    auto &inspector = session.at(args.word());
    const char *separator = "";

    for (const auto &field : inspector.plugin(args.word())->fields()) {
        out << separator << field.m_name;
        separator = " ";
    }
    out << '\n';
}

static void run_api(session &session, arguments &args, std::ostream &out)
{
    auto &inspector = session.at(args.word());

    out << inspector.plugin(args.word())->required_api_version().as_string() << '\n';
}

static void run_destroy(session &session, arguments &args, std::ostream &)
{
    session.destroy(args.word());
}

const command_table loading_commands = {
    {"register", "INSPECTOR LIBRARY", run_register},
    {"init", "INSPECTOR PLUGIN [CONFIG]", run_init},
    {"load", "INSPECTOR LIBRARY [CONFIG]", run_load},
    {"fields", "INSPECTOR PLUGIN", run_fields},
    {"api", "INSPECTOR PLUGIN", run_api},
    {"destroy", "INSPECTOR", run_destroy},
};
