/* G.711: any samples and any codes; a code that was decoded is encoded to itself again; portions change nothing. */
#include "fuzz.h"

#include "g711.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in;
    if (!fuzz_take(data, size, &in)) return 0;
    size_t n = (size_t)in.n;
    uint8_t *codes = malloc(n + 1), *again = malloc(n + 1);
    int16_t *values = malloc(n * 2 + 2);
    for (int law = 0; law < 2; law++) {
        (law ? gw_ulaw_encode : gw_alaw_encode)(in.samples, codes, in.n);
        (law ? gw_ulaw_decode : gw_alaw_decode)(codes, values, in.n);
        (law ? gw_ulaw_encode : gw_alaw_encode)(values, again, in.n);
        for (size_t i = 0; i < n; i++) /* both zeros of u-law are decoded to the one zero that a sample has */
            REQUIRE(again[i] == codes[i] || (law && codes[i] == 0x7F && again[i] == 0xFF));
        for (int32_t at = 0; at < in.n;) {
            int32_t part = fuzz_portion(&in, in.n - at);
            int16_t *copy = fuzz_copy(in.samples + at, part);
            (law ? gw_ulaw_encode : gw_alaw_encode)(copy, again, part);
            REQUIRE(memcmp(codes + at, again, (size_t)part) == 0);
            free(copy);
            at += part;
        }
    }
    free(values);
    free(again);
    free(codes);
    free(in.samples);
    return 0;
}
