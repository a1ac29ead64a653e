// The device profiler's markers: accepted, and without effect.
#pragma once

#include <cstdint>

#define DeviceZoneScopedN(name)
#define DeviceZoneScopedMainN(name)
#define DeviceZoneScopedMainChildN(name)
#define DeviceZoneScopedSumN1(name)
#define DeviceZoneScopedSumN2(name)
#define DeviceZoneScopedND(name, ...)
#define DeviceZoneSetCounter(counter)
#define DeviceTimestampedData(name, ...)
#define DeviceRecordEvent(event)
#define RECORD_NOC_EVENT(...)
#define RECORD_NOC_EVENT_WITH_ADDR(...)
#define RECORD_NOC_EVENT_WITH_ID(...)
#define RECORD_SCOPED_LOCK_EVENT(...)
#define SYNC_SIGNAL(...)
#define SYNC_WAIT(...)
