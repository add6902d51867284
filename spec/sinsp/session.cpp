#include "session.h"

#include <libsinsp/plugin.h>
#include <libsinsp/plugin_manager.h>

#include <stdexcept>

std::shared_ptr<sinsp_plugin> inspector::plugin(const std::string &name)
{
    for (const auto &plugin : engine.get_plugin_manager()->plugins()) {
        if (plugin->name() == name) {
            return plugin;
        }
    }
    throw std::runtime_error("no plugin \"" + name + "\" is registered in this inspector");
}

inspector &session::at(const std::string &name)
{
    std::lock_guard<std::mutex> guard(m_lock);
    auto &place = m_inspectors[name];

    if (place == nullptr) {
        place = std::make_unique<inspector>();
    }
    return *place;
}

void session::destroy(const std::string &name)
{
    std::unique_ptr<inspector> last;
    std::lock_guard<std::mutex> guard(m_lock);

    last = std::move(m_inspectors[name]);
    m_inspectors.erase(name);
}
