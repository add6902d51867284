#include "worker.h"

worker::worker(): m_thread(&worker::run, this) {}

worker::~worker()
{
    {
        std::lock_guard<std::mutex> guard(m_lock);
        m_ends = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

void worker::give(task task)
{
    {
        std::lock_guard<std::mutex> guard(m_lock);
        m_tasks.push_back(std::move(task));
    }
    m_changed.notify_all();
}

std::string worker::join()
{
    std::unique_lock<std::mutex> guard(m_lock);

    m_changed.wait(guard, [this] { return m_tasks.empty() && !m_busy; });
    std::string written = m_out.str();
    m_out.str("");
    return written;
}

void worker::run()
{
    std::unique_lock<std::mutex> guard(m_lock);

    for (;;) {
        m_changed.wait(guard, [this] { return m_ends || !m_tasks.empty(); });
        if (m_tasks.empty()) {
            return;
        }
        task task = std::move(m_tasks.front());
        m_tasks.pop_front();
        m_busy = true;
        guard.unlock();
        task(m_out); /* only this thread writes there while it is busy */
        guard.lock();
        m_busy = false;
        m_changed.notify_all();
    }
}
