# Value added in the exports of a made-up world of three countries and two sectors, by another
# program: exvatools 0.9.0 (CRAN, GPL-3), Borin and Mancini (2023), source-based.
#
#     Rscript exvatools.R PATH-OF-THE-UNPACKED-PACKAGE > exvatools.csv
#
# Its files are sourced, so that none of what it imports for reading tables is needed.
package <- commandArgs(trailingOnly = TRUE)[1]
load(file.path(package, "R", "sysdata.rda"))
for (file in list.files(file.path(package, "R"), "[.]R$", full.names = TRUE)) source(file)

countries <- c("AAA", "BBB", "CCC")
# Rows sell, columns buy; integers without any pattern.
Z <- matrix(c(
  31,  7,  5,  3,  2,  0,
  12, 44,  0,  9,  6,  4,
   8,  1, 52, 17,  0, 11,
   0, 13,  6, 61, 10,  2,
   3,  0,  9,  0, 23, 15,
   5,  8,  0,  4, 19, 37
), 6, byrow = TRUE)
Y <- matrix(c(
  40,  6,  3,
  55, 12,  8,
   9, 70, 14,
   2, 83,  5,
   7,  0, 66,
  11,  4, 90
), 6, byrow = TRUE)
wio <- make_custom_wio(cbind(Z, Y), countries, quiet = TRUE)
cat("exporter,importer,term,value\n")
for (exporter in countries) {
  found <- make_exvadec(wio, exporter, method = "bm_src", output = "standard", quiet = TRUE)
  for (term in c("EXGR", "DVA", "VAX", "REF", "DDC", "FVA", "FDC", "DAVAX", "GVC", "GVCF", "GVCB")) {
    if (is.null(found[[term]])) next
    sums <- colSums(as.matrix(found[[term]]))
    for (importer in names(sums)) {
      partner <- gsub("[^A-Z]", "", importer)
      if (partner == exporter) next
      cat(sprintf("%s,%s,%s,%.15g\n", exporter, partner, term, sums[[importer]]))
    }
  }
}
