#include "observe/observer.h"

#include <algorithm>
#include <mutex>
#include <vector>

namespace tw {

struct Observers::State {
    std::vector<Observer*> list;
    std::mutex printing;
};

Observers::Observers() : state_(new State) {}
Observers::~Observers() {
    delete state_;
}

Observers& Observers::get() {
    static Observers all;
    return all;
}

void Observers::attach(Observer* observer) {
    state_->list.push_back(observer);
}

void Observers::detach(Observer* observer) {
    std::erase(state_->list, observer);
}

uint32_t Observers::wanted() const {
    uint32_t mask = 0;
    for (const Observer* o : state_->list) mask |= o->wants();
    return mask;
}

bool Observers::prints_wanted() const {
    return std::ranges::any_of(state_->list, [](const Observer* o) { return o->wants_prints(); });
}

void Observers::launch_begins() {
    for (Observer* o : state_->list) o->launch_begins();
}

void Observers::launch_ends(Recording& recording) {
    for (Observer* o : state_->list) o->launch_ends(recording);
}

void Observers::printed(const tw_ctx* who, std::string_view text) {
    std::lock_guard lock(state_->printing);
    for (Observer* o : state_->list) {
        if (o->wants_prints()) o->printed(who, text);
    }
}

}  // namespace tw
