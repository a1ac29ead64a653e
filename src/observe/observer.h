// Who listens to runs: readers of recordings (diagnostics, timing, traces), and of what kernels print.
//
// An observer never changes a run and never runs on a fiber: it gets the launch's records when the launch is over. Printed
// text is no recording and is handed on as it comes.
#pragma once

#include "record/recording.h"
#include "tw/abi.h"

#include <cstdint>
#include <string_view>

namespace tw {

class Observer {
public:
    virtual ~Observer() = default;
    virtual uint32_t wants() const = 0;  // record_bit()s
    virtual void launch_begins() {}
    virtual void launch_ends(Recording&) {}

    virtual bool wants_prints() const { return false; }
    // On the worker that runs the kernel, one text at a time.
    virtual void printed(const tw_ctx*, std::string_view) {}
};

// The observers of this process. Attach and detach only between launches.
class Observers {
public:
    static Observers& get();
    void attach(Observer*);
    void detach(Observer*);
    uint32_t wanted() const;
    bool prints_wanted() const;
    void launch_begins();
    void launch_ends(Recording&);
    void printed(const tw_ctx*, std::string_view);

private:
    struct State;
    Observers();
    ~Observers();
    State* state_;
};

}  // namespace tw
