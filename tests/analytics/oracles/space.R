# K-densities, M, m and a global envelope of made-up establishments, by other programs: base R
# (density from its definition), dbmss 2.11-0 (commit 519af3e, GPL; Marcon, Traissac, Puech and
# Lang), GET 1.0-8 (GPL-3; Myllymäki and Mrkvička).
#
#     Rscript space.R FOLDER
#
# writes space_sites.csv, space_curves.csv, space_draws.csv and space_envelope.csv. dbmss needs
# spatstat; its import of doFuture, for several processors, may be left out.
suppressMessages({library(dbmss); library(GET)})
out <- commandArgs(trailingOnly = TRUE)[1]

# 90 establishments of three industries, two of them in towns; remainders instead of chance.
i <- 1:90
type <- c("cars", "steel", "glass")[1 + (i * 7) %% 3]
town <- ifelse(type == "glass", 0, 1 + (i %% 4))
x <- round(ifelse(town > 0, 20 * town + (i * 29) %% 17 - 8, (i * 53) %% 97), 1) + 0.1
y <- round(ifelse(town > 0, 75 - 15 * town + (i * 31) %% 19 - 9, (i * 71) %% 89), 1) + 0.2
w <- 1 + (i * 13) %% 11
sites <- data.frame(x = x, y = y, industry = type, weight = w)
write.csv(sites, file.path(out, "space_sites.csv"), row.names = FALSE)

r <- seq(0, 80, 4)  # 2 max(r) is more than any distance, so dbmss leaves none out of its bandwidth
curves <- list()
keep <- function(name, reference, neighbour, weighted, value, bandwidth = NA)
  curves[[length(curves) + 1]] <<- data.frame(
    name = name, reference = reference, neighbour = neighbour, weighted = weighted,
    bandwidth = bandwidth, distance = r, value = value)

pairs <- list(c("cars", "cars"), c("cars", "steel"), c("glass", "cars"), c("glass", "glass"))
for (weighted in c(FALSE, TRUE)) {
  X <- wmppp(data.frame(X = x, Y = y, PointType = type, PointWeight = if (weighted) w else 1),
             window = owin(c(-1, 110), c(-1, 110)))
  for (pair in pairs) {
    a <- which(type == pair[1]); b <- which(type == pair[2])
    d <- sqrt(outer(x[a], x[b], "-")^2 + outer(y[a], y[b], "-")^2)
    ww <- if (weighted) outer(w[a], w[b]) else matrix(1, length(a), length(b))
    once <- if (pair[1] == pair[2]) upper.tri(d) else matrix(TRUE, nrow(d), ncol(d))
    h <- bw.nrd0(d[once])
    K <- sapply(r, function(at) sum(ww[once] * (dnorm(at, d[once], h) + dnorm(at, -d[once], h))))
    keep("K", pair[1], pair[2], weighted, K / sum(ww[once]), h)
    keep("Kd", pair[1], pair[2], weighted,
         Kdhat(X, r, pair[1], pair[2], Weighted = weighted, Approximate = 0)$Kd)
    keep("M", pair[1], pair[2], weighted, Mhat(X, r, pair[1], pair[2])$M)
    keep("m", pair[1], pair[2], weighted, mhat(X, r, pair[1], pair[2], Approximate = 0)$m)
  }
}
write.csv(do.call(rbind, curves), file.path(out, "space_curves.csv"), row.names = FALSE)

# An envelope of curves without any pattern, some of them equal at some places.
t <- 1:12
draws <- sapply(1:199, function(s) round(sin(s * 12.9898 + t * 3.7) * ((s * 37) %% 11) + cos(s * s), 2))
observed <- round(2 + 7.5 * exp(-(t - 4)^2 / 6), 2)
set <- create_curve_set(list(r = t, obs = observed, sim_m = draws))
two <- global_envelope_test(set, type = "erl", alpha = 0.05)
high <- global_envelope_test(set, type = "erl", alternative = "greater")
low <- global_envelope_test(set, type = "erl", alternative = "less")
write.csv(data.frame(at = t, observed = observed, low = two$lo, high = two$hi,
                     p = attr(two, "p"), p_above = attr(high, "p"), p_below = attr(low, "p")),
          file.path(out, "space_envelope.csv"), row.names = FALSE)
write.table(t(draws), file.path(out, "space_draws.csv"), sep = ",", row.names = FALSE,
            col.names = FALSE)
