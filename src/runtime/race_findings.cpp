#include "runtime/race_findings.h"

#include "core/code_site.h"
#include "races/races.h"

#include <algorithm>
#include <utility>

namespace tw::runtime {
namespace {

const tw_site* site_of(const Recording& recording, const races::Place& place) {
    const RecordSite& site = recording.processors[place.processor].writer->sites()[place.site];
    return site.call ? site.call : site.code ? code_site(site.code) : nullptr;
}

// CB whose memory has the first byte, + 1; 0: none.
uint64_t buffer_at(std::span<const CoreLaunch> launches, const ProcessorRecords& owner, uint64_t address) {
    for (const CoreLaunch& launch : launches) {
        if (launch.core.x != owner.core_x || launch.core.y != owner.core_y) continue;
        for (const CbPlacement& cb : launch.cbs) {
            if (address >= cb.address && address < uint64_t{cb.address} + cb.size) return cb.index + 1u;
        }
    }
    return 0;
}

}  // namespace

void report_races(const Recording& recording, std::span<const CoreLaunch> launches, LaunchHost& host) {
    for (races::Race race : races::find(recording).races) {
        // Who reads what another writes is the one that should have waited; of two writers, the one that came second.
        if (race.second.write && !race.first.write) std::swap(race.first, race.second);
        const ProcessorRecords &second = recording.processors[race.second.processor],
                               &first = recording.processors[race.first.processor];
        Problem p;
        p.kind = ProblemKind::Race;
        p.a = race.begin;
        p.b = race.end;
        const bool two_cores = second.core_x != first.core_x || second.core_y != first.core_y;
        p.c = uint64_t{race.second.write} | uint64_t{race.first.write} << 1 | uint64_t{race.core < 0} << 2 |
              uint64_t{two_cores} << 3;
        if (const tw_site* site = site_of(recording, race.second)) {
            p.file = site->file;
            p.line = site->line;
        }
        p.kernel = second.kernel;
        p.core_x = second.core_x;
        p.core_y = second.core_y;
        p.risc = second.risc;
        const auto owner = std::ranges::find_if(recording.processors, [&](const ProcessorRecords& r) {
            return r.noc_x == race.noc_x && r.noc_y == race.noc_y;
        });
        if (owner != recording.processors.end()) p.d = buffer_at(launches, *owner, race.begin);
        Also other{.role = race.first.write ? "written at" : "read at",
                   .core_x = first.core_x,
                   .core_y = first.core_y,
                   .risc = first.risc};
        if (const tw_site* site = site_of(recording, race.first)) {
            other.file = site->file;
            other.line = site->line;
        }
        p.also.push_back(std::move(other));
        host.report(std::move(p));
    }
}

}  // namespace tw::runtime
