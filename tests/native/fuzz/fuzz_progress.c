/* Call progress: beginnings and ends alternate and lie within the samples, portions change nothing. */
#include "fuzz.h"

#include "resample.h"

#include "progress.h"

enum { ROOM = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static gw_progress_event out[ROOM], more[ROOM];
    fuzz_input in;
    if (!fuzz_take(data, size, &in)) return 0;
    static gw_progress whole, parts;
    gw_progress_init(&whole, in.sample_rate, in.option % 5); /* 4 is no plan: taken as the EU's */
    gw_progress_init(&parts, in.sample_rate, in.option % 5);
    int32_t count = gw_progress_feed(&whole, in.samples, in.n, out, ROOM), got = 0;
    for (int32_t i = 0; i < count; i++) {
        REQUIRE(out[i].phase == (i % 2 ? GW_PROGRESS_END : GW_PROGRESS_BEGIN));
        REQUIRE(out[i].kind >= GW_PROGRESS_DIAL && out[i].kind <= GW_PROGRESS_FAX_CED);
        REQUIRE(out[i].start >= 0 && out[i].start <= in.n);
        REQUIRE(i % 2 == 0 || (out[i].end >= out[i].start && out[i].end <= in.n));
        REQUIRE(out[i].hz[0] > 300.0F && out[i].hz[0] < 2200.0F && out[i].level_dbm0 < 7.0F);
    }
    for (int32_t at = 0; at < in.n;) {
        int32_t part = fuzz_portion(&in, in.n - at);
        int16_t *copy = fuzz_copy(in.samples + at, part);
        got += gw_progress_feed(&parts, copy, part, more + got, ROOM - got);
        free(copy);
        at += part;
    }
    REQUIRE(got == count && memcmp(out, more, (size_t)count * sizeof *out) == 0);
    REQUIRE(gw_progress_feed(&whole, in.samples, in.n, NULL, 0) == 0);
    free(in.samples);
    return 0;
}
