/* queries: what a host asks of a plugin besides events: metrics, a new configuration, its state; and its
 * log. */
#include "command.h"
#include "session.h"

#include <libsinsp/logger.h>
#include <libsinsp/metrics_collector.h>
#include <libsinsp/plugin.h>

#include <chrono>
#include <iostream>
#include <stdexcept>
#include <thread>

static void print_metric(const metrics_v2 &metric, std::ostream &out)
{
    out << metric.name << ' ';
    switch (metric.type) {
    case METRIC_VALUE_TYPE_U64:
        out << metric.value.u64;
        break;
    case METRIC_VALUE_TYPE_S64:
        out << metric.value.s64;
        break;
    case METRIC_VALUE_TYPE_D:
        out << metric.value.d;
        break;
    default:
        out << "of another type";
    }
    out << (metric.metric_type == METRIC_VALUE_METRIC_TYPE_MONOTONIC ? " monotonic\n" : "\n");
}

static void run_metrics(session &session, arguments &args, std::ostream &out)
{
    auto &inspector = session.at(args.word());

    for (const auto &metric : inspector.plugin(args.word())->get_metrics()) {
        print_metric(metric, out);
    }
}

/* The names that Falco's /metrics shows. */
static void run_prometheus(session &session, arguments &args, std::ostream &out)
{
    auto &inspector = session.at(args.word());
    libs::metrics::prometheus_metrics_converter converter;

    for (auto &metric : inspector.plugin(args.word())->get_metrics()) {
        converter.convert_metric_to_unit_convention(metric);
        std::string text = converter.convert_metric_to_text_prometheus(metric, "falcosecurity", "plugins");
        size_t end = text.rfind('\n', text.size() - 2) + 1; /* behind the lines with HELP and TYPE */

        out << text.substr(end, text.find(' ', end) - end) << '\n';
    }
}

/* Falco's web server: asks again and again for so many milliseconds. */
static void run_ask(session &session, arguments &args, std::ostream &out)
{
    auto &inspector = session.at(args.word());
    auto plugin = inspector.plugin(args.word());
    auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(args.number());
    size_t times = 0;

    while (std::chrono::steady_clock::now() < end) {
        if (plugin->get_metrics().empty()) {
            throw std::runtime_error("no metrics");
        }
        times++;
    }
    out << (times > 0 ? "asked" : "never asked") << '\n';
}

static void run_set_config(session &session, arguments &args, std::ostream &out)
{
    auto &inspector = session.at(args.word());
    auto plugin = inspector.plugin(args.word());

    out << (plugin->set_config(args.rest()) ? "taken" : plugin->get_last_error()) << '\n';
}

/* Writes the state as events into a capture file. */
static void run_dump(session &session, arguments &args, std::ostream &)
{
    auto &inspector = session.at(args.word());
    auto plugin = inspector.plugin(args.word());
    sinsp_dumper dumper;

    dumper.open(&inspector.engine, args.word(), false);
    if (!plugin->dump_state(dumper)) {
        throw std::runtime_error(plugin->get_last_error());
    }
    dumper.close();
}

/* From now on the host's log goes to standard output, each line behind "log:", without its date and time. */
static void run_log(session &, arguments &, std::ostream &)
{
    libsinsp_logger()->set_severity(sinsp_logger::SEV_TRACE);
    libsinsp_logger()->add_callback_log([](std::string &&text, sinsp_logger::severity severity) {
        size_t message = text.find(' ', text.find(' ') + 1) + 1;

        std::cout << "log: " << static_cast<int>(severity) << ' ' << text.substr(message) << std::endl;
    });
}

static void run_wait(session &, arguments &args, std::ostream &)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(args.number()));
}

const command_table query_commands = {
    {"metrics", "INSPECTOR PLUGIN", run_metrics},
    {"prometheus", "INSPECTOR PLUGIN", run_prometheus},
    {"ask", "INSPECTOR PLUGIN MILLISECONDS", run_ask},
    {"set_config", "INSPECTOR PLUGIN [CONFIG]", run_set_config},
    {"dump", "INSPECTOR PLUGIN FILE", run_dump},
    {"log", "", run_log},
    {"wait", "MILLISECONDS", run_wait},
};
