/* reading: events of an inspector, live or from a capture, as text. */
#include "command.h"
#include "session.h"

#include <libsinsp/eventformatter.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <stdexcept>

static void run_open(session &session, arguments &args, std::ostream &)
{
    auto &inspector = session.at(args.word());
    std::string plugin = args.word();

    inspector.engine.open_plugin(plugin, args.rest(), sinsp_plugin_platform::SINSP_PLATFORM_GENERIC);
}

static void run_replay(session &session, arguments &args, std::ostream &)
{
    auto &inspector = session.at(args.word());

    inspector.engine.open_savefile(args.word());
}

/* Every event read from now on goes to the file too. */
static void run_record(session &session, arguments &args, std::ostream &)
{
    auto &inspector = session.at(args.word());

    inspector.recording = std::make_unique<sinsp_dumper>();
    inspector.recording->open(&inspector.engine, args.word(), false);
}

static void run_filter(session &session, arguments &args, std::ostream &)
{
    auto &inspector = session.at(args.word());
    auto factory = std::make_shared<sinsp_filter_factory>(&inspector.engine, inspector.checks);

    inspector.filter = sinsp_filter_compiler(factory, args.rest()).compile();
}

/* The next event that the filter lets through; NULL at the end of the source. Events of the kernel that stand
 * in for it end when all were read: the engine only says that none are there now. */
static sinsp_evt *next_event(inspector &inspector)
{
    for (;;) {
        sinsp_evt *event = nullptr;
        int32_t rc = inspector.engine.next(&event);

        if (rc == SCAP_EOF ||
            (rc == SCAP_TIMEOUT && inspector.kernel != nullptr && inspector.kernel->data.event_count == 0)) {
            return nullptr;
        }
        if (rc == SCAP_TIMEOUT || rc == SCAP_FILTERED_EVENT) {
            continue;
        }
        if (rc != SCAP_SUCCESS) {
            throw std::runtime_error(inspector.engine.getlasterr());
        }
        if (inspector.recording != nullptr) {
            inspector.recording->dump(event);
        }
        if (inspector.filter == nullptr || inspector.filter->run(event)) {
            return event;
        }
    }
}

static void print_events(inspector &inspector, size_t count, const std::string &format, std::ostream &out)
{
    /* the star: a line for every event, <NA> where a field has no value */
    sinsp_evt_formatter formatter(&inspector.engine, "*" + format, inspector.checks);

    for (size_t i = 0; i < count; i++) {
        sinsp_evt *event = next_event(inspector);
        std::string line;

        if (event == nullptr) {
            out << "end\n";
            return;
        }
        formatter.tostring(event, line);
        out << line << '\n';
    }
}

static void run_next(session &session, arguments &args, std::ostream &out)
{
    auto &inspector = session.at(args.word());
    size_t count = args.number();

    print_events(inspector, count, args.rest(), out);
}

static void run_all(session &session, arguments &args, std::ostream &out)
{
    auto &inspector = session.at(args.word());

    print_events(inspector, std::numeric_limits<size_t>::max(), args.rest(), out);
}

/* One of many conditions: what it is of each event, a letter each, or why libsinsp refuses it. */
struct judged_filter {
    std::unique_ptr<sinsp_filter> filter; /* or empty */
    std::string verdicts;
};

static judged_filter compile_filter(const std::shared_ptr<sinsp_filter_factory> &factory,
                                    const std::string &condition)
{
    try {
        return {sinsp_filter_compiler(factory, condition).compile(), ""};
    } catch (const std::exception &problem) {
        return {nullptr, std::string("error: ") + problem.what()};
    }
}

/* Reads conditions, each with a record separator behind it, out of a file, and all events that there are. */
static void run_judge(session &session, arguments &args, std::ostream &out)
{
    auto &inspector = session.at(args.word());
    auto factory = std::make_shared<sinsp_filter_factory>(&inspector.engine, inspector.checks);
    std::ifstream file(args.word(), std::ios::binary);
    std::vector<judged_filter> filters;
    std::string condition;

    while (std::getline(file, condition, '\x1e')) {
        filters.push_back(compile_filter(factory, condition));
    }
    while (sinsp_evt *event = next_event(inspector)) {
        for (auto &filter : filters) {
            if (filter.filter != nullptr) {
                filter.verdicts += filter.filter->run(event) ? '1' : '0';
            }
        }
    }
    for (auto &filter : filters) {
        std::replace(filter.verdicts.begin(), filter.verdicts.end(), '\n', ' '); /* in an error */
        out << filter.verdicts << '\n';
    }
}

static void run_close(session &session, arguments &args, std::ostream &)
{
    auto &inspector = session.at(args.word());

    inspector.recording.reset();
    inspector.engine.close();
}

const command_table reading_commands = {
    {"open", "INSPECTOR PLUGIN [PARAMS]", run_open},
    {"replay", "INSPECTOR FILE", run_replay},
    {"record", "INSPECTOR FILE", run_record},
    {"filter", "INSPECTOR CONDITION", run_filter},
    {"judge", "INSPECTOR FILE", run_judge},
    {"next", "INSPECTOR COUNT FORMAT", run_next},
    {"all", "INSPECTOR FORMAT", run_all},
    {"close", "INSPECTOR", run_close},
};
