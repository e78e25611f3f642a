/* Answering-machine hint: at most one verdict, portions change nothing. */
#include "fuzz.h"

#include "resample.h"

#include "vad.h"

#include "amd.h"

enum { ROOM = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static gw_amd_event out[ROOM], more[ROOM];
    fuzz_input in;
    if (!fuzz_take(data, size, &in)) return 0;
    static gw_amd whole, parts;
    gw_amd_init(&whole, in.sample_rate);
    gw_amd_init(&parts, in.sample_rate);
    int32_t count = gw_amd_feed(&whole, in.samples, in.n, out, ROOM), got = 0, verdicts = 0;
    for (int32_t i = 0; i < count; i++) {
        REQUIRE(out[i].kind >= GW_AMD_HUMAN && out[i].kind <= GW_AMD_GREETING_OVER);
        REQUIRE(out[i].at >= 0 && out[i].at <= in.n && out[i].voice_ms >= 0);
        verdicts += out[i].kind <= GW_AMD_SILENT;
    }
    REQUIRE(verdicts <= 1);
    for (int32_t at = 0; at < in.n;) {
        int32_t part = fuzz_portion(&in, in.n - at);
        int16_t *copy = fuzz_copy(in.samples + at, part);
        got += gw_amd_feed(&parts, copy, part, more + got, ROOM - got);
        free(copy);
        at += part;
    }
    REQUIRE(got == count && memcmp(out, more, (size_t)count * sizeof *out) == 0);
    REQUIRE(gw_amd_feed(&whole, in.samples, in.n, NULL, 0) == 0);
    free(in.samples);
    return 0;
}
