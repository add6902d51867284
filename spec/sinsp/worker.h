/*
 * worker: a thread that runs the commands given to it, in order.
 */
#ifndef LURE_SINSP_WORKER_H
#define LURE_SINSP_WORKER_H

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <ostream>
#include <sstream>
#include <string>
#include <thread>

class worker
{
  public:
    using job = std::function<void(std::ostream &)>;

    worker();

    /* Waits until everything given to it has run. */
    ~worker();

    void give(job what);

    /* Waits until everything given to it has run; returns what that has written. */
    std::string join();

  private:
    void run();

    std::mutex m_lock;
    std::condition_variable m_changed;
    std::deque<job> m_jobs;
    std::ostringstream m_out;
    bool m_busy = false;
    bool m_ends = false;
    std::thread m_thread;
};

#endif
