/*
 * session: the inspectors of a scenario, by name.
 *
 * An inspector is libsinsp's whole engine: plugins, events, filters. Falco has one for every event source,
 * and creates new ones for the dry run of a reload. The session is thread safe; an inspector belongs to one
 * thread at a time.
 */
#ifndef LURE_SINSP_SESSION_H
#define LURE_SINSP_SESSION_H

#include <libsinsp/sinsp.h> /* before the others, which do not stand alone */

#include <libscap/engine/test_input/scap_test.h>
#include <libsinsp/dumper.h>
#include <libsinsp/filter.h>
#include <libsinsp/filter_check_list.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

/* Events of the kernel that stand in for it, and what they are read from. */
struct kernel_input {
    std::vector<char> bytes;
    std::vector<scap_evt *> events;
    std::vector<scap_threadinfo> threads;
    std::vector<scap_test_fdinfo_data> descriptors; /* of each thread: none */
    scap_test_input_data data = {};
};

struct inspector {
    std::unique_ptr<kernel_input> kernel; /* or empty; the engine reads it */
    sinsp engine;
    sinsp_filter_check_list checks; /* libsinsp's own fields, then those of the plugins */
    std::unique_ptr<sinsp_filter> filter;
    std::unique_ptr<sinsp_dumper> recording; /* where the events that are read go too, or empty */

    /* The registered plugin of that name. Throws std::runtime_error if there is none. */
    std::shared_ptr<sinsp_plugin> plugin(const std::string &name);
};

class session
{
  public:
    /* The inspector of that name, made when it is first named. */
    inspector &at(const std::string &name);

    void destroy(const std::string &name);

  private:
    std::mutex m_lock;
    std::map<std::string, std::unique_ptr<inspector>> m_inspectors;
};

#endif
