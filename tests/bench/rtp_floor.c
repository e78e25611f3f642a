/*
 * The least that any gateway does for RTP, as a peer for the bench: receives every packet as it comes (one select, one
 * recvfrom) and sends one packet a leg every 20 ms. No codec, no jitter buffer, no mixing, no SIP.
 * Prints its ports, then serves until its standard input ends.
 */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LEGS_MAX = 64, PACKET = 172 };

static int legs;
static int sockets[LEGS_MAX];
static struct sockaddr_in far_ends[LEGS_MAX];
static volatile int known[LEGS_MAX];

static void *clock_thread(void *unused) {
    static const char packet[PACKET] = {(char)0x80, 8};
    struct timespec due;
    clock_gettime(CLOCK_MONOTONIC, &due);
    for (;;) {
        due.tv_nsec += 20000000;
        if (due.tv_nsec >= 1000000000) due.tv_nsec -= 1000000000, due.tv_sec++;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
        for (int i = 0; i < legs; i++) {
            if (known[i]) sendto(sockets[i], packet, PACKET, 0, (struct sockaddr *)&far_ends[i], sizeof far_ends[i]);
        }
    }
    return unused;
}

int main(int argc, char **argv) {
    char packet[2048];
    pthread_t thread;
    legs = argc > 1 ? atoi(argv[1]) : 4;
    if (legs < 1 || legs > LEGS_MAX) return 2;
    for (int i = 0; i < legs; i++) {
        struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t size = sizeof here;
        sockets[i] = socket(AF_INET, SOCK_DGRAM, 0);
        if (bind(sockets[i], (struct sockaddr *)&here, size) != 0) return 1;
        getsockname(sockets[i], (struct sockaddr *)&here, &size);
        printf("%d ", ntohs(here.sin_port));
    }
    printf("\n");
    fflush(stdout);
    if (pthread_create(&thread, NULL, clock_thread, NULL) != 0) return 1;
    for (;;) {
        fd_set readable;
        int last = STDIN_FILENO;
        FD_ZERO(&readable);
        FD_SET(STDIN_FILENO, &readable);
        for (int i = 0; i < legs; i++) {
            FD_SET(sockets[i], &readable);
            if (sockets[i] > last) last = sockets[i];
        }
        if (select(last + 1, &readable, NULL, NULL, NULL) < 0) return 1;
        if (FD_ISSET(STDIN_FILENO, &readable)) return 0;
        for (int i = 0; i < legs; i++) {
            socklen_t size = sizeof far_ends[i];
            if (!FD_ISSET(sockets[i], &readable)) continue;
            if (recvfrom(sockets[i], packet, sizeof packet, 0, (struct sockaddr *)&far_ends[i], &size) > 0) known[i] = 1;
        }
    }
}
