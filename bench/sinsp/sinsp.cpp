/*
 * sinsp: a plugin's events a second in libsinsp, the framework inside Falco and sysdig.
 *
 *     sinsp RUNS EVENTS FILTER PLUGIN CONFIG PARAMS PLUGIN CONFIG PARAMS
 *
 * Prints what an event costs with the first plugin and with the second, in nanoseconds with a
 * tab between: the medians of so many runs by turns, of so many events each, through a filter
 * that must let all of them through.
 *
 *     sinsp RUNS EVENTS --filters FILE PLUGIN CONFIG PARAMS
 *
 * Prints what an event costs that is put to every filter of a file, one a line, as Falco does it
 * with rules of which none fires.
 */
#include <libsinsp/sinsp.h> /* before the others, which do not stand alone */

#include <libsinsp/filter.h>
#include <libsinsp/filter_check_list.h>
#include <libsinsp/plugin.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

/* Nanoseconds of this thread: what others on the machine take does not count. */
static double cpu_time()
{
    timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

class subject
{
  public:
    /* Events have to pass all of the filters (`lets`), or none. */
    subject(char **arguments, const std::vector<std::string> &filters, bool lets) : m_lets(lets)
    {
        std::string error;
        auto plugin = m_engine.register_plugin(arguments[0]);

        if (!plugin->init(arguments[1], error)) {
            throw std::runtime_error(error);
        }
        m_checks.add_filter_check(m_engine.new_generic_filtercheck());
        m_checks.add_filter_check(sinsp_plugin::new_filtercheck(plugin));
        for (const std::string &filter : filters) {
            m_filters.push_back(
                sinsp_filter_compiler(std::make_shared<sinsp_filter_factory>(&m_engine, m_checks), filter)
                    .compile());
        }
        m_engine.open_plugin(plugin->name(), arguments[2], sinsp_plugin_platform::SINSP_PLATFORM_GENERIC);
    }

    /* The time of an event. */
    double run(unsigned long events)
    {
        double begin = cpu_time();

        for (unsigned long i = 0; i < events;) {
            sinsp_evt *event = nullptr;
            int32_t rc = m_engine.next(&event);

            if (rc == SCAP_TIMEOUT || rc == SCAP_FILTERED_EVENT) {
                continue;
            }
            if (rc != SCAP_SUCCESS) {
                throw std::runtime_error(m_engine.getlasterr());
            }
            for (const auto &filter : m_filters) {
                if (filter->run(event) != m_lets) {
                    throw std::runtime_error(m_lets ? "the filter lets an event go"
                                                    : "a filter is true of an event");
                }
            }
            i++;
        }
        return (cpu_time() - begin) / static_cast<double>(events);
    }

  private:
    sinsp m_engine;
    sinsp_filter_check_list m_checks;
    std::vector<std::unique_ptr<sinsp_filter>> m_filters;
    bool m_lets;
};

static double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

static std::vector<std::string> lines_of(const char *path)
{
    std::ifstream file(path);
    std::vector<std::string> lines;
    std::string line;

    while (std::getline(file, line)) {
        lines.push_back(line);
    }
    if (lines.empty()) {
        throw std::runtime_error(std::string(path) + ": no filter in it");
    }
    return lines;
}

static void measure_filters(unsigned long runs, unsigned long events, char **arguments)
{
    subject only(arguments + 1, lines_of(arguments[0]), false);
    std::vector<double> times;

    only.run(events);
    for (unsigned long i = 0; i < runs; i++) {
        times.push_back(only.run(events));
    }
    std::printf("%.1f\n", median(times));
}

int main(int argc, char **argv)
{
    bool filters = argc == 8 && std::strcmp(argv[3], "--filters") == 0;

    if (argc != 10 && !filters) {
        std::fprintf(stderr, "usage: sinsp RUNS EVENTS FILTER PLUGIN CONFIG PARAMS PLUGIN CONFIG PARAMS\n"
                             "       sinsp RUNS EVENTS --filters FILE PLUGIN CONFIG PARAMS\n");
        return 2;
    }
    try {
        unsigned long runs = std::stoul(argv[1]), events = std::stoul(argv[2]);

        if (filters) {
            measure_filters(runs, events, argv + 4);
            return 0;
        }
        subject first(argv + 4, {argv[3]}, true), second(argv + 7, {argv[3]}, true);
        std::vector<double> times[2];

        first.run(events);
        second.run(events);
        for (unsigned long i = 0; i < runs; i++) {
            times[0].push_back(first.run(events));
            times[1].push_back(second.run(events));
        }
        std::printf("%.1f\t%.1f\n", median(times[0]), median(times[1]));
    } catch (const std::exception &problem) {
        std::fprintf(stderr, "bench: %s\n", problem.what());
        return 1;
    }
    return 0;
}
