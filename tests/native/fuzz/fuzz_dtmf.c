/* DTMF receiver: digits are digits, they begin and end in turn, portions change nothing. */
#include "fuzz.h"

#include "dtmf.h"

enum { ROOM = 8192 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static gw_dtmf_event out[ROOM], more[ROOM];
    fuzz_input in;
    if (!fuzz_take(data, size, &in)) return 0;
    static gw_dtmf whole, parts;
    gw_dtmf_init(&whole, in.sample_rate);
    gw_dtmf_init(&parts, in.sample_rate);
    int32_t count = gw_dtmf_feed(&whole, in.samples, in.n, out, ROOM), got = 0;
    for (int32_t i = 0; i < count; i++) {
        REQUIRE(out[i].kind == (i % 2 ? GW_DTMF_END : GW_DTMF_BEGIN));
        REQUIRE(out[i].digit && strchr("0123456789*#ABCD", out[i].digit));
        REQUIRE(out[i].start >= -in.sample_rate && out[i].start <= in.n && out[i].confidence >= 0.0F);
    }
    for (int32_t at = 0; at < in.n;) {
        int32_t part = fuzz_portion(&in, in.n - at);
        int16_t *copy = fuzz_copy(in.samples + at, part);
        got += gw_dtmf_feed(&parts, copy, part, more + got, ROOM - got);
        free(copy);
        at += part;
    }
    REQUIRE(got == count && memcmp(out, more, (size_t)count * sizeof *out) == 0);
    free(in.samples);
    return 0;
}
