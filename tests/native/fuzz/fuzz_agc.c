/* Automatic gain: never beyond its peak limit, in place or not, portions change nothing. */
#include "fuzz.h"

#include "agc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in;
    if (!fuzz_take(data, size, &in)) return 0;
    gw_agc whole, parts;
    gw_agc_init(&whole, in.sample_rate);
    gw_agc_init(&parts, in.sample_rate);
    int16_t *out = malloc((size_t)in.n * 2 + 1);
    gw_agc_feed(&whole, in.samples, out, in.n);
    for (int32_t i = in.sample_rate / 20; i < in.n; i++) REQUIRE(out[i] <= 29206 && out[i] >= -29206);
    REQUIRE(gw_agc_gain_db(&whole) <= 24.0F && gw_agc_gain_db(&whole) >= -12.0F);
    for (int32_t at = 0; at < in.n;) {
        int32_t part = fuzz_portion(&in, in.n - at);
        int16_t *copy = fuzz_copy(in.samples + at, part);
        gw_agc_feed(&parts, copy, copy, part);
        REQUIRE(memcmp(copy, out + at, (size_t)part * 2) == 0);
        free(copy);
        at += part;
    }
    free(out);
    free(in.samples);
    return 0;
}
