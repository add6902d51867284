/* kernel: events of the kernel, given in a file, and async events that plugins send among them. */
#include "command.h"
#include "session.h"

#include <libsinsp/eventformatter.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <thread>

static constexpr size_t length_offset = 16; /* of an event's length in its header */

static kernel_input &input_of(session &session, const std::string &name)
{
    auto &inspector = session.at(name);

    if (inspector.kernel == nullptr) {
        inspector.kernel = std::make_unique<kernel_input>();
    }
    return *inspector.kernel;
}

/* The events of the file, one behind the other, as the kernel lays them out. */
static void read_events(kernel_input &input, const std::string &path)
{
    std::ifstream file(path, std::ios::binary);

    if (!file) {
        throw std::runtime_error("cannot read " + path);
    }
    input.bytes.assign(std::istreambuf_iterator<char>(file), {});
    for (size_t at = 0; at < input.bytes.size();) {
        uint32_t length = 0;

        input.events.push_back(reinterpret_cast<scap_evt *>(&input.bytes[at]));
        memcpy(&length, &input.bytes[at + length_offset], sizeof(length));
        at += length;
    }
}

/* A thread that is there before the first event: TID:COMM. */
static void add_thread(kernel_input &input, const std::string &text)
{
    size_t colon = text.find(':');
    auto &thread = input.threads.emplace_back();

    memset(&thread, 0, sizeof(thread));
    thread.tid = thread.pid = std::stoul(text.substr(0, colon));
    thread.vtid = thread.vpid = static_cast<int64_t>(thread.tid);
    text.copy(thread.comm, sizeof(thread.comm) - 1, colon + 1);
}

static void run_kernel(session &session, arguments &args, std::ostream &)
{
    std::string name = args.word();
    auto &input = input_of(session, name);

    input = kernel_input();
    read_events(input, args.word());
    for (std::istringstream rest(args.rest()); rest >> std::ws && !rest.eof();) {
        std::string thread;

        rest >> thread;
        add_thread(input, thread);
    }
    input.descriptors.resize(input.threads.size());
    input.data.fdinfo_data = input.descriptors.data();
    input.data.events = input.events.data();
    input.data.event_count = input.events.size();
    input.data.threads = input.threads.data();
    input.data.thread_count = input.threads.size();
    session.at(name).engine.open_test_input(&input.data);
}

/* Reads on until so many async events have come that the filter lets through, for ten seconds at most; prints
 * each by the format. */
static void run_async(session &session, arguments &args, std::ostream &out)
{
    auto &inspector = session.at(args.word());
    size_t count = args.number();
    sinsp_evt_formatter formatter(&inspector.engine, "*" + args.rest(), inspector.checks);
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);

    while (count > 0 && std::chrono::steady_clock::now() < end) {
        sinsp_evt *event = nullptr;
        int32_t rc = inspector.engine.next(&event);
        std::string line;

        if (rc != SCAP_SUCCESS) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        } else if (event->get_type() == PPME_ASYNCEVENT_E &&
                   (inspector.filter == nullptr || inspector.filter->run(event))) {
            formatter.tostring(event, line);
            out << line << '\n';
            count--;
        }
    }
    if (count > 0) {
        throw std::runtime_error("not enough async events have come");
    }
}

const command_table kernel_commands = {
    {"kernel", "INSPECTOR FILE [TID:COMM ...]", run_kernel},
    {"async", "INSPECTOR COUNT FORMAT", run_async},
};
