#include "worker.h"

worker::worker() : m_thread(&worker::run, this)
{
}

worker::~worker()
{
    {
        std::lock_guard<std::mutex> guard(m_lock);
        m_ends = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

void worker::give(job what)
{
    {
        std::lock_guard<std::mutex> guard(m_lock);
        m_jobs.push_back(std::move(what));
    }
    m_changed.notify_all();
}

std::string worker::join()
{
    std::unique_lock<std::mutex> guard(m_lock);

    m_changed.wait(guard, [this] { return m_jobs.empty() && !m_busy; });
    std::string written = m_out.str();
    m_out.str("");
    return written;
}

void worker::run()
{
    std::unique_lock<std::mutex> guard(m_lock);

    for (;;) {
        m_changed.wait(guard, [this] { return m_ends || !m_jobs.empty(); });
        if (m_jobs.empty()) {
            return;
        }
        job next = std::move(m_jobs.front());
        m_jobs.pop_front();
        m_busy = true;
        guard.unlock();
        next(m_out); /* only this thread writes there while it is busy */
        guard.lock();
        m_busy = false;
        m_changed.notify_all();
    }
}
