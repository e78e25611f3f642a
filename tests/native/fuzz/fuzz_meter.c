/* Level and meter: sums as in a plain loop, levels in range, portions change nothing. */
#include "fuzz.h"

#include "level.h"

#include "meter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in;
    if (!fuzz_take(data, size, &in)) return 0;
    gw_audio_meter whole, parts;
    gw_audio_meter_init(&whole, in.sample_rate);
    gw_audio_meter_init(&parts, in.sample_rate);
    gw_audio_meter_feed(&whole, in.samples, in.n);
    int64_t sum = 0, squares = 0, clipped = 0;
    int32_t peak = 0;
    for (int32_t i = 0; i < in.n; i++) {
        int32_t x = in.samples[i], size_of = x < 0 ? -x : x;
        sum += x;
        squares += x * x;
        clipped += size_of >= 32124;
        peak = size_of > peak ? size_of : peak;
    }
    REQUIRE(whole.level.sum == sum && whole.level.sum_of_squares == squares);
    REQUIRE(whole.level.clipped == clipped && whole.level.peak == peak && whole.level.n == in.n);
    for (int32_t at = 0; at < in.n;) {
        int32_t part = fuzz_portion(&in, in.n - at);
        int16_t *copy = fuzz_copy(in.samples + at, part);
        gw_audio_meter_feed(&parts, copy, part);
        free(copy);
        at += part;
    }
    gw_audio_report a, b;
    gw_audio_meter_read(&whole, 0, &a);
    gw_audio_meter_read(&parts, 1, &b);
    REQUIRE(a.samples == b.samples && a.rms_dbm0 == b.rms_dbm0 && a.peak_dbm0 == b.peak_dbm0 && a.dc == b.dc);
    REQUIRE(a.clipped == b.clipped && a.noise_floor_dbm0 == b.noise_floor_dbm0);
    REQUIRE(a.silent_ms == b.silent_ms && a.idle_ms == b.idle_ms);
    REQUIRE(a.rms_dbm0 < 6.2F && a.noise_floor_dbm0 >= -99.0F && a.noise_floor_dbm0 < 7.0F);
    REQUIRE(parts.level.n == 0 && gw_level_ac_dbm0(&whole.level) < 6.2F);
    free(in.samples);
    return 0;
}
