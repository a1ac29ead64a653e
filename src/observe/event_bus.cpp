#include "observe/event.h"

#include <algorithm>
#include <mutex>
#include <vector>

namespace tw {

static_assert(static_cast<unsigned>(EventKind::Count) <= 32, "event_mask is a 32-bit word");

std::string_view event_name(EventKind kind) {
    static constexpr std::string_view kNames[] = {
#define TW_EVENT(name, a, b) #name,
#include "observe/events.def"
#undef TW_EVENT
    };
    return kNames[static_cast<unsigned>(kind)];
}

struct EventBus::State {
    std::vector<Observer*> observers;
    std::mutex publishing;
};

EventBus::EventBus() : state_(new State) {}
EventBus::~EventBus() {
    delete state_;
}

EventBus& EventBus::get() {
    static EventBus bus;
    return bus;
}

void EventBus::attach(Observer* observer) {
    state_->observers.push_back(observer);
    mask_ |= observer->wants();
}

void EventBus::detach(Observer* observer) {
    std::erase(state_->observers, observer);
    mask_ = 0;
    for (const Observer* o : state_->observers) mask_ |= o->wants();
}

void EventBus::launch_begins() {
    for (Observer* o : state_->observers) o->launch_begins();
}

void EventBus::launch_ends() {
    for (Observer* o : state_->observers) o->launch_ends();
}

void publish_event(EventKind kind, const tw_ctx* who, const tw_site* site, uint64_t a, uint64_t b) {
    EventBus::get().publish({kind, who, site, a, b});
}

void EventBus::publish(const Event& event) {
    std::lock_guard lock(state_->publishing);
    for (Observer* o : state_->observers) {
        if (o->wants() & event_bit(event.kind)) o->on(event);
    }
}

}  // namespace tw
